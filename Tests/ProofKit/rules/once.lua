-- box.once is true the first time: were an event handled twice, or its first time forgotten, the files would tell.
box.on("*", function(event)
  local file = box.once(event.event_id, "365d") and "once.txt" or "again.txt"
  box.file.append(file, event.event_id .. "\n")
end)
