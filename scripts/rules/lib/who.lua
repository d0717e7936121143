-- Who did it? `created_by` may be missing, and everybody who follows an open link has the same id ("2"): a rule that
-- counts by person would take them for one. An address tells them apart as far as Box knows it.
local who = {}

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

--- What a person reads: the login, else the name, else the id.
function who.name(event)
  local actor = event.actor
  if actor.anonymous then return "an anonymous visitor" end
  return text(actor.login) or text(actor.name) or text(actor.id) or "an unknown person"
end

--- What a count goes by: always text, never nil.
function who.key(event)
  local actor = event.actor
  local id = text(actor.id)
  if id and not actor.anonymous then return id end
  return (id and "anonymous" or "unknown") .. "@" .. (text(event.ip_address) or "no address")
end

return who
