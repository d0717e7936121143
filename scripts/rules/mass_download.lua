-- Mass download: one person fetches many files in a short time, as before a notice or with a stolen password.
--
-- Change: `files` and `period`. Look at a normal week first (`boxwatch replay` over recorded events shows what would
-- have fired), or set `mode = "shadow"` until the numbers fit.
-- Stream: any. On user streams Box tells downloads to the owner of the content only; enterprise streams see all.
local who = require "lib.who"

local files, period = 20, "5m"

box.rule {
  id = "mass-download",
  description = "Many downloads by one person; visitors without an account are told apart by address.",
  on = "download",
  threshold = { count = files, within = period, by = who.key },
  severity = "high",
  tags = { "exfiltration" },
  dedup = "1h",
  title = function(event)
    return ("%s downloaded %d files within %s"):format(who.name(event), files, period)
  end,
}

local function download(t, number, at, more)
  local event = {
    event_type = "DOWNLOAD", event_id = "download-" .. number, at = at,
    created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
    source = { item_type = "file", item_id = tostring(number), item_name = "plan.pdf" },
  }
  for field, value in pairs(more or {}) do event[field] = value end
  t:send(event)
end

box.test("25 downloads in five minutes alert once", function(t)
  for i = 1, 25 do download(t, i, i * 10) end
  t:expect_alerts(1)
  t:alert(1):has { severity = "high", title = "~ada@example.com downloaded 20 files" }
end)

box.test("19 downloads stay quiet, and one that Box repeats is not the twentieth", function(t)
  for i = 1, 19 do download(t, i, i * 10) end
  download(t, 19, 190)
  t:expect_alerts(0)
end)

box.test("a download that arrives late counts where it happened", function(t)
  for i = 1, 19 do download(t, i, 3600 + i) end
  for i = 20, 24 do download(t, i, i) end
  t:expect_alerts(0)
  download(t, 25, 3640)
  t:expect_alerts(1)
end)

box.test("visitors without an account are counted by address", function(t)
  local visitor = { type = "user", id = "2", name = "Unknown User", login = "" }
  for i = 1, 38 do download(t, i, i, { created_by = visitor, ip_address = "192.0.2." .. i % 2 }) end
  t:expect_alerts(0)
  for i = 39, 40 do download(t, i, i, { created_by = visitor, ip_address = "192.0.2.1" }) end
  t:expect_alerts(1)
  t:alert(1):has { title = "~an anonymous visitor" }
end)

box.test("an event without a person and without a source does no harm", function(t)
  t:send(t:fixture "download_without_actor.json")
  t:expect_alerts(0)
  t:expect_no_errors()
end)
