-- One alert for each event of a part, and for each key one alert that holds back the rest until a summary.
local proof = require "lib.proof"

box.on("*", proof.part(16), function(event)
  box.alert { title = event.event_id, severity = "low", context = { number = box.kv.incr("alerts") } }
end, { name = "single" })

box.rule { id = "held-back", on = "*", severity = "info", title = "many", dedup = "365d", dedup_key = proof.key }
