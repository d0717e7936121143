-- expect: time
-- Walking over the event again and again.
box.on("*", function(event)
  while true do
    for _ in pairs(event) do end
  end
end, { name = "hostile" })
