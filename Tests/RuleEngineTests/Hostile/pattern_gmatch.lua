-- expect: time
-- An iterator over nothing, started for ever.
box.on("*", function(event)
  while true do
    for _ in ("x"):rep(1000):gmatch("") do end
  end
end, { name = "hostile" })
