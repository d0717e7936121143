-- Counts every event.
box.on("*", function(event)
  box.file.append("fast.txt", ("%d %s\n"):format(box.kv.incr("events"), event.event_id))
end)
