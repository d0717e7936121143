-- expect: memory
-- The growth is one allocation that doubles.
box.on("*", function(event)
  local t = {}
  for i = 1, 1 << 23 do t[i] = i end
end, { name = "hostile" })
