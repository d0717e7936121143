-- expect: time
-- Tail calls: the stack never grows.
box.on("*", function(event)
  local function again() return again() end
  again()
end, { name = "hostile" })
