-- Every event into a file that is rotated often.
box.on("*", function(event)
  box.kv.shared.incr("handled")
  box.file.append("rotated/ids.txt", event.event_id .. "\n", { rotate = "32K", keep = 1000 })
end)

box.on_stop(function()
  box.file.write("shared.total", ("%d\n"):format(box.kv.shared.get("handled", 0)))
end)
