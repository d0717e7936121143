-- New login address: somebody signs in from a network that this person has not used for 90 days.
--
-- Change: `memory`; `exempt`, patterns of networks that everybody may come from (your offices, your VPN).
-- The first address of a person is learned without an alert. IPv6 counts by its first 64 bits, because devices change
-- the rest every day.
-- Stream: enterprise (`admin_logs`, `admin_logs_streaming`): user streams have no logins.
box.namespace "new_login_address"
local who = require "lib.who"

local memory = "90d"
local exempt = { "^10%.", "^192%.168%." }

-- "2001:db8::1" → "2001:db8:0:0": two colons stand for as many zero groups as make eight.
local function network(address)
  if type(address) ~= "string" or not address:match("^[%x:.]+$") then return nil end
  if not address:find(":", 1, true) then return address end
  local groups, tail = {}, 0
  local left, right = address:lower():match("^(.-)::(.*)$")
  for group in (left or address:lower()):gmatch("%x+") do groups[#groups + 1] = group:match("^0*(%x+)$") end
  for _ in (right or ""):gmatch("%x+") do tail = tail + 1 end
  if left then
    for _ = #groups + 1, 8 - tail do groups[#groups + 1] = "0" end
    for group in right:gmatch("%x+") do groups[#groups + 1] = group:match("^0*(%x+)$") end
  end
  return table.concat(groups, ":", 1, math.min(4, #groups))
end

box.on("login", function(event)
  local id, from = event.actor.id, network(event.ip_address)
  if not id or not from then return end
  for _, pattern in ipairs(exempt) do
    if from:match(pattern) then return end
  end
  local person = ("seen/%s/"):format(id)
  local is_first, is_known = #box.kv.keys(person) == 0, box.kv.get(person .. from)
  box.kv.set(person .. from, event.created_at or true, { ttl = memory })
  if is_first or is_known then return end
  box.alert {
    title = ("%s signed in from a new address: %s"):format(who.name(event), event.ip_address), severity = "medium",
    context = { user_id = id, network = from, at = event.created_at, type = event.event_type },
  }
end)
