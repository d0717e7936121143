-- expect: error boom
-- A comparison that raises.
box.on("*", function(event)
  table.sort({ 3, 2, 1 }, function() error "boom" end)
end, { name = "hostile" })
