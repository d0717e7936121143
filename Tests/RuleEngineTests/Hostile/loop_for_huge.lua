-- expect: time
-- A numeric loop that is not endless, only long.
box.on("*", function(event)
  for _ = 1, math.huge do end
end, { name = "hostile" })
