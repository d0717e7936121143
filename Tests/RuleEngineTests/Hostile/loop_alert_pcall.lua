-- expect: time
-- The same with alerts, bad arguments in between.
box.on("*", function(event)
  while true do
    pcall(box.alert, {})
    pcall(box.alert, { title = "x", severity = "none" })
  end
end, { name = "hostile" })
