-- Computes for seconds at one event, so that its thread can be found and stopped.
box.on("upload", function(event)
  if event.source.name == "slow" then
    local begun = os.clock()
    while os.clock() - begun < 4 do end
  end
  box.file.append("stuck.txt", box.kv.incr("count") .. " " .. event.event_id .. "\n")
end, { name = "compute" })
