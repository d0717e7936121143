-- Asks Box at every event, which answers late.
box.on("*", function(event)
  local page = box.get_events { stream_type = "all", stream_position = "0", limit = 1 }
  box.file.append("asking.txt", ("%d %s %d\n"):format(box.kv.incr("events"), event.event_id, #page.entries))
end)
