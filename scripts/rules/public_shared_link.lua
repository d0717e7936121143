-- Public shared link: a link is made, or changed, so that anybody who has it can open the item.
--
-- Change: `severity` (a link to a folder opens all that is in it, a password takes the edge off), `quiet`.
-- Stream: any. User streams bring the link itself. Enterprise streams often do not: then Box is asked for the item,
-- which needs credentials that may read it; what cannot be read is logged as a warning, not guessed.
local who = require "lib.who"

local severity = { folder = "high", file = "medium", web_link = "low", with_password = "low" }
local quiet = "1h"

local function link_in(event)
  local source, details = event:get "source.shared_link", event.details
  if type(source) == "table" then return source end
  local access = details.access_level or details.access
  return access and { access = access, is_password_enabled = details.password_protected }
end

local function link_at_box(item)
  if not severity[item.type] or not tostring(item.id):match("^%d+$") then return nil end
  local ok, answer = pcall(box.api.get, ("/%ss/%s"):format(item.type, item.id), { fields = "shared_link" })
  if ok then return answer and answer.shared_link end
  -- Deleted meanwhile, or not ours to read. Anything else is raised again, so that the event is tried again later.
  local status = type(answer) ~= "string" and answer.status
  if status ~= 403 and status ~= 404 then error(answer, 0) end
  box.log.warn("the shared link of %s %s cannot be read: HTTP %d", item.type, item.id, status)
end

box.on({ "share", "share_update" }, function(event)
  local item = event.item
  local link = link_in(event) or link_at_box(item)
  if not link or (link.effective_access or link.access) ~= "open" then return end
  box.alert {
    title = ("%s opened %s to everybody"):format(who.name(event), item.name or "an item"),
    severity = link.is_password_enabled and severity.with_password or severity[item.type] or "medium",
    dedup = quiet, dedup_key = item.id or event.event_id,
    context = {
      url = link.url, expires = link.unshared_at, path = event.path, owner = event:get "source.owned_by.login",
    },
  }
end)
