-- Executable upload: a program arrives by upload or copy, or a file is renamed into one.
--
-- Change: `programs` (extensions, without the dot). `documents` is what a disguise looks like: "invoice.pdf.exe" is
-- told as high. The alert says how many programs the same person brought in a day; `quiet` holds repeats back.
-- Stream: any.
local who = require "lib.who"

local function set(words)
  local members = {}
  for word in words:gmatch("%S+") do members[word] = true end
  return members
end

local programs = set "exe msi scr com bat cmd pif ps1 vbs vbe js jse wsf hta jar lnk dll iso"
local documents = set "pdf doc docx xls xlsx ppt pptx jpg jpeg png txt rtf csv zip"
local quiet = "1h"
local recent = box.window("programs", "24h")

box.on({ "upload", "rename", "copy" }, function(event)
  local item = event.item
  if item.type == "folder" then return end
  -- Windows ignores dots and blanks at the end of a name: "setup.exe. " runs all the same.
  local name = tostring(item.name or ""):lower():gsub("[%s.]+$", "")
  if not programs[name:match("%.(%w+)$") or ""] then return end

  local key = who.key(event)
  recent:add(key, item.id or name)
  local is_disguised = documents[name:match("%.(%w+)%s*%.%w+$") or ""]
  box.alert {
    title = ("%s brought a program: %s"):format(who.name(event), item.name),
    severity = is_disguised and "high" or "medium", dedup = quiet, dedup_key = key .. "/" .. name,
    context = {
      action = event.kind, folder = event.path or event:get "source.parent.name", item_id = item.id,
      size = event:get "source.size", sha1 = event:get "source.sha1", programs_in_24h = recent:distinct(key),
    },
  }
end)
