local function event(id, type, login)
  return { event_type = type, event_id = id, created_by = { type = "user", id = login, login = login } }
end

box.test("the morning's digest counts by type and by person, the busiest first", function(t)
  t:send(event("1", "ITEM_UPLOAD", "ada@example.com"))
  t:send(event("2", "UPLOAD", "ada@example.com"))
  t:send(event("3", "ITEM_DOWNLOAD", "bo@example.com"))
  t:expect_alerts(0)
  t:advance("7h1m")
  t:expect_alerts(1)
  t:alert(1):has { severity = "info", title = "~3 events", body = "~       2  upload\n       1  download" }
  t:alert(1):has { body = "~       2  ada@example.com\n       1  bo@example.com" }
end)

box.test("what was told once is not told again; a quiet day is told as such", function(t)
  t:send(event("1", "UPLOAD", "ada@example.com"))
  t:advance("8h")
  t:advance("24h")
  t:expect_alerts(2)
  t:alert(2):has { title = "~0 events" }
end)

box.test("an event that comes twice is counted once, one that comes late is counted when it comes", function(t)
  t:advance("8h")
  for _ = 1, 2 do t:send(event("1", "UPLOAD", "ada@example.com")) end
  local late = event("2", "UPLOAD", "ada@example.com")
  late.at = 60
  t:send(late)
  t:advance("24h")
  t:expect_alerts(2)
  t:alert(2):has { title = "~2 events" }
end)

box.test("long lists are cut and say so; nobody and odd sources are counted too", function(t)
  for i = 1, 12 do t:send(event("person-" .. i, "UPLOAD", ("user%02d@example.com"):format(i))) end
  t:send { event_type = "SOME_FUTURE_TYPE", event_id = "odd", source = { "odd" } }
  t:advance("8h")
  t:expect_no_errors()
  t:alert(1):has { title = "~13 events", body = "~some_future_type" }
  t:alert(1):has { body = "~and 3 more" }
end)
