-- Every event, numbered by box.kv: the file reads 1, 2, 3, … and holds each id once.
box.on("*", function(event)
  box.kv.shared.incr("handled")
  box.file.append("every.txt", ("%d %s\n"):format(box.kv.incr("events"), event.event_id))
  box.file.write("every.latest", ("%d\n"):format(box.kv.get("events")))
end)

box.on_stop(function()
  box.file.write("every.total", ("%d\n"):format(box.kv.get("events", 0)))
end)
