-- expect: time
-- Copies of the event without end; garbage, so memory is no limit.
box.on("*", function(event)
  while true do event:table() end
end, { name = "hostile" })
