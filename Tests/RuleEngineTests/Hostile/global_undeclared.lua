-- expect: error leak
-- A forgotten `local`.
box.on("*", function(event)
  leak = event.event_type
end, { name = "hostile" })
