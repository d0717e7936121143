-- Follow-up: when Box itself is suspicious (Shield, malware, an untrusted device), the alert also says what the same
-- person did in the last day, and from where.
--
-- Change: `triggers`, `looked_at` (what is worth counting), `since`, `most` (events of the company read at most).
-- Stream: the triggers come on enterprise streams; the look back asks `admin_logs`, which needs the right to run
-- reports. Box writes that log a minute late: what has just happened may be missing from the counts.
local who = require "lib.who"

local triggers = {
  "SHIELD_ALERT", "FILE_MARKED_MALICIOUS", "CONTENT_WORKFLOW_ABNORMAL_DOWNLOAD_ACTIVITY", "DEVICE_TRUST_CHECK_FAILED",
}
local looked_at = { "LOGIN", "FAILED_LOGIN", "DOWNLOAD", "UPLOAD", "DELETE", "SHARE", "COLLABORATION_INVITE" }
local since, most = "-24h", 20000

-- Whom it is about: Shield names the person in the details, and the event has no other.
local function suspect(event)
  local alert = event.details.shield_alert
  local user = type(alert) == "table" and type(alert.user) == "table" and alert.user
  if user then return tostring(user.id), user.email or user.name or user.id, alert.rule_name, alert.link end
  return event.actor.id, who.name(event)
end

local function look_back(id, found)
  local query = { stream_type = "admin_logs", event_type = looked_at, created_after = since, max = most }
  for event in box.events(query) do
    if event.actor.id == id then
      found.counts[event.kind] = (found.counts[event.kind] or 0) + 1
      local address = event.ip_address or "no address"
      if not found.known[address] then table.insert(found.addresses, address) end
      found.known[address] = true
    end
  end
end

box.on(triggers, function(event)
  local id, name, rule, link = suspect(event)
  local found = { counts = {}, addresses = {}, known = {} }
  -- An alert without its context is better than none: what the query raises becomes part of the alert.
  local ok, problem = true, nil
  if id then ok, problem = pcall(look_back, id, found) end
  box.alert {
    title = ("%s: %s"):format(rule or event.event_type, name), severity = "high", dedup = "1h",
    dedup_key = ("%s/%s"):format(event.event_type, id or event.event_id),
    context = {
      last_day = next(found.counts) and found.counts or "nothing else",
      addresses = #found.addresses > 0 and found.addresses or nil, incomplete = not ok and tostring(problem) or nil,
      item = event.item.name, link = link,
    },
  }
end)
