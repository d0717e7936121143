-- expect: memory
-- Thirty doublings are a gigabyte.
box.on("*", function(event)
  local s = "x"
  while true do s = s .. s end
end, { name = "hostile" })
