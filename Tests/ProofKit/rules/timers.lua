-- Ticks and starts, numbered by box.kv: no number is missing or there twice.
box.every("250ms", function()
  box.file.append("ticks.txt", ("%d\n"):format(box.kv.incr("ticks")))
end)

box.on_start(function()
  box.file.append("starts.txt", ("%d\n"):format(box.kv.incr("starts")))
end)
