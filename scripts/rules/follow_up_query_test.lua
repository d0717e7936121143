local ada = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" }
local bo = { type = "user", id = "8", name = "Bo Example", login = "bo@example.com" }

box.test("the alert says what the person did in the last day, and nothing of others", function(t)
  t:mock_events {
    { event_type = "DOWNLOAD", event_id = "1", created_by = ada, ip_address = "192.0.2.1" },
    { event_type = "DOWNLOAD", event_id = "2", created_by = ada, ip_address = "192.0.2.1" },
    { event_type = "LOGIN", event_id = "3", created_by = ada, ip_address = "198.51.100.7" },
    { event_type = "DOWNLOAD", event_id = "4", created_by = bo },
    { event_type = "LOGIN", event_id = "5" },
  }
  t:send { event_type = "DEVICE_TRUST_CHECK_FAILED", event_id = "a", created_by = ada }
  t:expect_alerts(1)
  t:alert(1):has {
    severity = "high", title = "~DEVICE_TRUST_CHECK_FAILED: ada@example.com",
    context = { last_day = { download = 2, login = 1 }, addresses = { "192.0.2.1", "198.51.100.7" } },
  }
end)

box.test("Shield's alert names the person in its details", function(t)
  t:mock_events { { event_type = "UPLOAD", event_id = "1", created_by = ada } }
  t:send(t:fixture "shield_alert.json")
  t:expect_alerts(1)
  t:alert(1):has { title = "~Suspicious Location: ada@example.com", context = { last_day = { upload = 1 } } }
end)

box.test("a person who did nothing else is told all the same", function(t)
  t:mock_events {}
  t:send { event_type = "FILE_MARKED_MALICIOUS", created_by = ada, source = { item_type = "file", item_name = "a" } }
  t:expect_alerts(1)
  t:alert(1):has { title = "~FILE_MARKED_MALICIOUS: ada@example.com" }
end)

box.test("other events ask nothing and alert nobody", function(t)
  t:send { event_type = "DOWNLOAD", event_id = "a", created_by = ada }
  t:send { event_type = "SOME_FUTURE_TYPE", event_id = "b", created_by = ada }
  t:expect_alerts(0)
  t:expect_no_errors()
end)

box.test("without a person nobody is looked up; the same event twice alerts once", function(t)
  for _ = 1, 2 do t:send { event_type = "SHIELD_ALERT", event_id = "a", additional_details = "odd" } end
  t:expect_alerts(1)
  t:expect_no_errors()
end)
