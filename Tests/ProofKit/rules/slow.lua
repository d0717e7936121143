-- Waits at each event of a part, and at some asks Box on the way, so that it is often in its backlog.
local proof = require "lib.proof"

box.on("*", proof.part(32), function(event)
  box.sleep("20ms")
  local asked = 0
  if proof.is_in(event.event_id, 256) then
    asked = #box.get_events({ stream_type = "all", stream_position = "0", limit = 1 }).entries
  end
  box.file.append("slow.txt", ("%d %s %d\n"):format(box.kv.incr("events"), event.event_id, asked))
end)
