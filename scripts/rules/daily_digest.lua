-- Daily digest: every morning one message with what happened since the last one, by type and by person.
--
-- Change: `at` (a cron line), `zone`, `most` (lines in each list), `to` (a sink of your configuration, or nil for the
-- default ones). A day without events is reported too: silence would look the same as a broken watcher.
-- Stream: any. If the watcher was stopped in the morning, the digest comes at its next start.
local who = require "lib.who"

local at, zone = "0 8 * * *", "Europe/Berlin"
local most, to = 10, nil

-- Counts live below the number of the current digest and outlast it by a few days; nobody has to delete them.
local function count(list, name)
  local key = ("%d/%s/%s"):format(box.kv.get("digest", 0), list, name)
  box.kv.set(key, box.kv.get(key, 0) + 1, { ttl = "4d" })
end

local function top(digest, list)
  local prefix, rows, total = ("%d/%s/"):format(digest, list), {}, 0
  for _, key in ipairs(box.kv.keys(prefix)) do
    local number = box.kv.get(key, 0)
    rows[#rows + 1] = { name = key:sub(#prefix + 1), number = number }
    total = total + number
  end
  table.sort(rows, function(a, b)
    if a.number ~= b.number then return a.number > b.number end
    return a.name < b.name
  end)
  local lines = {}
  for i = 1, math.min(most, #rows) do lines[i] = ("%8d  %s"):format(rows[i].number, rows[i].name) end
  if #rows > most then lines[#lines + 1] = ("          and %d more"):format(#rows - most) end
  return table.concat(lines, "\n"), total
end

box.on("*", function(event)
  count("type", event.kind or "unknown")
  count("person", who.name(event))
end)

box.cron(at, function()
  local digest = box.kv.get("digest", 0)
  local types, total = top(digest, "type")
  local people = top(digest, "person")
  box.kv.set("digest", digest + 1)
  box.alert { title = ("Box digest: %d events"):format(total), to = to, body = ("%s\n\n%s"):format(types, people) }
end, { name = "digest", tz = zone })
