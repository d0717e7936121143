-- expect: time
-- Many values on the stack, again and again.
box.on("*", function(event)
  local t = {}
  for i = 1, 100000 do t[i] = i end
  while true do select("#", table.unpack(t)) end
end, { name = "hostile" })
