-- Archive: every event as one line of JSON, in a file for each day, for the years after Box has forgotten it.
--
-- Change: `folder` (below the output directory); `rotation`: a day's file that grows beyond `rotate` goes on in a new
-- one. `keep` bounds the rotated files of one day; what is beyond it is deleted, so leave it generous.
-- Stream: any. For a whole company: `admin_logs_streaming`.
local folder = "archive"
local rotation = { rotate = "1G", keep = 1000 }

box.on("*", function(event)
  -- The day as the event's own zone writes it. Only digits get into the path, whatever an event claims.
  local day = tostring(event.created_at):match("^%d%d%d%d%-%d%d%-%d%d") or "undated"
  box.file.jsonl(("%s/%s.jsonl"):format(folder, day), event, rotation)
end, { name = "archive" })

box.test("events go to the file of their day, also when they come late", function(t)
  t:send { event_type = "UPLOAD", event_id = "first", created_at = "2026-01-02T10:00:00-08:00" }
  t:send { event_type = "NEW_TYPE", event_id = "late", created_at = "2026-01-01T10:00:00-08:00", source = "odd" }
  t:expect_file("archive/2026-01-02.jsonl", "~first")
  t:expect_file("archive/2026-01-01.jsonl", "~late")
  t:expect_no_errors()
end)

box.test("a date that is none does not choose the path", function(t)
  t:send { event_type = "UPLOAD", event_id = "odd", created_at = "../../etc/2026-01-01" }
  t:expect_file("archive/undated.jsonl", "~odd")
  t:expect_no_errors()
end)

box.test("an event without a person and without a source is kept like any other", function(t)
  t:send(t:fixture "download_without_actor.json")
  t:expect_file("archive/2026-01-01.jsonl", "~0a1b2c3d-0000-4000-8000-000000000001")
  t:expect_no_errors()
end)
