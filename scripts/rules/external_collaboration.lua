-- External collaboration: somebody outside the company is invited into a folder or file, or accepts an invitation.
--
-- Change: own_domains.txt beside this file, one domain a line; what is below a domain (eu.example.com) is your own too.
-- The file is read again when it changes.
-- Stream: any. Enterprise streams name the guest in `accessible_by` or, without a Box account, in `source.user_email`.
local who = require "lib.who"

local own_domains = box.list "own_domains.txt"
local severity = "medium"
-- Where the guest's address may stand: Box writes it in different places from stream to stream.
local places = { "accessible_by.login", "source.user_email", "source.accessible_by.login", "source.invite_email" }

local function domain_of(address)
  return type(address) == "string" and address:lower():match("@([^@%s]+)%s*$") or nil
end

local function guest(event)
  for _, place in ipairs(places) do
    local address = event:get(place)
    if domain_of(address) then return address end
  end
  -- Who accepts an invitation is the guest.
  if event.kind == "collaboration_add" and domain_of(event.actor.login) then return event.actor.login end
end

local function is_own(domain)
  while domain do
    if own_domains[domain] then return true end
    domain = domain:match("^[^.]*%.(.+)$")
  end
  return false
end

box.on({ "collaboration_invite", "collaboration_add" }, function(event)
  local address = guest(event)
  if not address then
    -- A group has no address, and groups are your own.
    if not event:get "source.group_id" then box.log.info("%s: no address of a guest", tostring(event)) end
    return
  end
  if is_own(domain_of(address)) then return end
  local verb = event.kind == "collaboration_add" and "has access to" or "is invited to"
  box.alert {
    title = ("%s %s %s"):format(address, verb, event.item.name or "an item"), severity = severity,
    context = { by = who.name(event), role = event.details.role, item_id = event.item.id, path = event.path },
  }
end)
