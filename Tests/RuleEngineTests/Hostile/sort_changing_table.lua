-- expect: ok
-- The comparison empties the table that is being sorted.
box.on("*", function(event)
  local t = {}
  for i = 1, 1000 do t[i] = i % 13 end
  pcall(table.sort, t, function(a, b)
    for i = #t, 1, -1 do t[i] = nil end
    return a < b
  end)
end, { name = "hostile" })
