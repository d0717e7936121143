-- expect: time
-- A comparison that raises, caught, again and again.
box.on("*", function(event)
  while true do pcall(table.sort, { 3, 2, 1 }, error) end
end, { name = "hostile" })
