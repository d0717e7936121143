-- expect: error waits
-- A comparison that would wait: a sort cannot be suspended.
box.on("*", function(event)
  table.sort({ 3, 2, 1 }, function(a, b)
    box.get_events {}
    return a < b
  end)
end, { name = "hostile" })
