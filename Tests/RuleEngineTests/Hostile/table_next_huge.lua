-- expect: time
-- Walking over a table that has been emptied: every slot is visited.
box.on("*", function(event)
  local t = {}
  for i = 1, 200000 do t["k" .. i % 1000] = i end
  for i = 1, 200000 do t[i] = i end
  for i = 1, 200000 do t[i] = nil end
  while true do next(t, "k999") end
end, { name = "hostile" })
