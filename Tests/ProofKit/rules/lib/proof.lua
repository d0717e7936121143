-- What the proof's rules share. The receiver's address stands in lib/receiver.lua, which the proof writes.
local proof = {}

--- Whether an event belongs to one part in `parts` of all: by its id, so that whoever checks can say so too.
function proof.is_in(event_id, parts) return tonumber(event_id:sub(-4), 16) % parts == 0 end

--- A filter for such a part.
function proof.part(parts)
  return { event_id = function(event_id) return proof.is_in(event_id, parts) end }
end

--- One of sixteen keys.
function proof.key(event) return event.event_id:sub(-1) end

return proof
