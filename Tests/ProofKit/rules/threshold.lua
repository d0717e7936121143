-- Fires at every fiftieth event of a key, and names the fifty.
local proof = require "lib.proof"

box.rule {
  id = "fifty", on = "*", threshold = { count = 50, within = "365d", by = proof.key }, dedup = 0,
  run = function(_, hit)
    box.file.append("threshold.txt", ("%s %s\n"):format(hit.key, table.concat(hit.event_ids, ",")))
  end,
}
