-- expect: error
-- Assigning to a field of the event.
box.on("*", function(event)
  event.event_type = "FORGED"
end, { name = "hostile" })
