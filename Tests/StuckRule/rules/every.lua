box.on("*", function(event)
  box.file.append("every.txt", box.kv.incr("count") .. " " .. event.event_id .. "\n")
end, { name = "count" })
