-- Deletion burst: one person throws away many items: an accident with a sync client, malice, or ransomware at work.
--
-- Change: `period` and `steps`, the highest first: each step alerts once an hour with a severity of its own. Items are
-- counted, not events: a file that is deleted, restored and deleted again is one.
-- Stream: any. On user streams the watched account's own tree; enterprise streams see all.
local who = require "lib.who"

local period, quiet = "10m", "1h"
local steps = { { items = 500, severity = "critical" }, { items = 50, severity = "high" } }
local deletions = box.window("deletions", period)

box.on("trash", function(event)
  local key = who.key(event)
  deletions:add(key, event.item.id or event.event_id or event.created_at or "?")
  local items = deletions:distinct(key)
  for _, step in ipairs(steps) do
    if items >= step.items then
      box.alert {
        title = ("%s deleted %d items or more within %s"):format(who.name(event), step.items, period),
        severity = step.severity, dedup = quiet, dedup_key = key .. "/" .. step.severity,
        body = "Trashed items can be restored by the owner or an admin. Last: " .. (event.item.name or "unknown"),
        context = { items = items, last_item = event.item.id, at = event.created_at, address = event.ip_address },
      }
      return
    end
  end
end)
