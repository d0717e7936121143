-- Watched folder: a register (CSV) of what is uploaded, edited or moved into one folder or anything below it.
--
-- Change: `folder_id` (the number in the folder's address at app.box.com), `register`, the columns in `header`.
-- Stream: any. User streams name all folders above an item. Enterprise streams name the parent only: a parent that is
-- not the folder itself is looked up at Box, once a day each.
local who = require "lib.who"

local folder_id, register = "700000000001", "register.csv"
local header = { "time", "action", "who", "folder", "name", "id", "event" }
local rotation = { header = header, rotate = "10M", keep = 12 }

local function holds(folders)
  for _, folder in ipairs(type(folders) == "table" and folders or {}) do
    if folder.id == folder_id then return true end
  end
  return false
end

-- Is a folder below the watched one? A folder that is gone, or not ours to read, is not.
local function is_below(id)
  if not tostring(id):match("^%d+$") or id == "0" then return false end
  local known = box.kv.get("below/" .. id)
  if known ~= nil then return known end
  local ok, answer = pcall(box.api.get, "/folders/" .. id, { fields = "path_collection" })
  local status = not ok and type(answer) ~= "string" and answer.status
  if not ok and status ~= 403 and status ~= 404 then error(answer, 0) end
  local is_inside = ok and holds((answer.path_collection or {}).entries)
  box.kv.set("below/" .. id, is_inside, { ttl = "1d" })
  return is_inside
end

box.on({ "upload", "edit", "move", "copy" }, function(event)
  local item, above = event.item, event:get "source.path_collection.entries"
  local parent = type(item.parent) == "table" and item.parent or {}
  if not (parent.id == folder_id or holds(above) or (not above and parent.id and is_below(parent.id))) then return end
  box.file.csv(register, {
    event.created_at or "", event.kind, who.name(event), event.path or parent.name or "",
    item.name or "", item.id or "", event.event_id or "",
  }, rotation)
end)
