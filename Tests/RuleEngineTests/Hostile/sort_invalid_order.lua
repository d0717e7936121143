-- expect: ok
-- An order that contradicts itself may be refused and must not leave the table.
box.on("*", function(event)
  local t = {}
  for i = 1, 1000 do t[i] = i % 7 end
  pcall(table.sort, t, function() return true end)
  for i = 1, 1000 do assert(math.type(t[i]) == "integer") end
end, { name = "hostile" })
