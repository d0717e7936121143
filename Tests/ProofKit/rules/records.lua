-- Events as Box sent them, and a table with a header.
local proof = require "lib.proof"

box.on("*", proof.part(4), function(event)
  box.file.jsonl("records.jsonl", event)
  box.file.csv("records.csv", { event.event_id, event.event_type, tostring(event) },
    { header = { "id", "type", "text" } })
end)
