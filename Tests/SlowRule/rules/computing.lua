-- Takes some 200 ms of CPU time at every event, within its budget of 250 ms.
box.on("*", function(event)
  local stop = os.clock() + 0.2
  local sum = 0
  while os.clock() < stop do sum = sum + 1 end
  box.file.append("computing.txt", ("%d %s %d\n"):format(box.kv.incr("events"), event.event_id, sum))
end)
