-- Fails at some events after it has recorded effects: of those nothing may be left.
local proof = require "lib.proof"

box.on("*", proof.part(16), function(event)
  local number = box.kv.incr("events")
  box.file.append("failing.txt", ("%d %s\n"):format(number, event.event_id))
  if proof.is_in(event.event_id, 64) then error("on purpose") end
end)
