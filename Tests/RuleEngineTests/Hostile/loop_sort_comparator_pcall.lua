-- expect: time
-- The same, with every round protected.
box.on("*", function(event)
  table.sort({ 3, 2, 1 }, function() while true do pcall(function() while true do end end) end end)
end, { name = "hostile" })
