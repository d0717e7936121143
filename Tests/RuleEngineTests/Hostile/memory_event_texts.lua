-- expect: memory
-- Copies of what came with the event.
box.on("*", function(event)
  local keep = {}
  for i = 1, math.huge do keep[i] = event:json():rep(100) end
end, { name = "hostile" })
