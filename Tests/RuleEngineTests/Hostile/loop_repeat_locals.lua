-- expect: time
-- A loop that makes garbage all the while.
box.on("*", function(event)
  repeat local _ = { event.event_type } until false
end, { name = "hostile" })
