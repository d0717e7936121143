-- A webhook for each event of a part, and two for some.
local proof = require "lib.proof"
local receiver = require "lib.receiver"

box.on("*", proof.part(8), function(event)
  box.webhook(receiver .. "/first", { event_id = event.event_id })
  if proof.is_in(event.event_id, 64) then box.webhook(receiver .. "/second", { event_id = event.event_id }) end
end)
