local function delete(t, first, last, more)
  for i = first, last do
    local event = {
      event_type = "ITEM_TRASH", event_id = "delete-" .. i, at = i,
      created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
      source = { type = "file", id = tostring(i), name = "plan.pdf", item_status = "deleted" },
    }
    for field, value in pairs(more or {}) do event[field] = value end
    t:send(event)
  end
end

box.test("the fiftieth item in ten minutes alerts, the following ones do not repeat it", function(t)
  delete(t, 1, 49)
  t:expect_alerts(0)
  delete(t, 50, 60)
  t:expect_alerts(1)
  t:alert(1):has { severity = "high", title = "~ada@example.com deleted 50 items" }
end)

box.test("five hundred are critical", function(t)
  delete(t, 1, 500)
  t:expect_alerts(2)
  t:alert(2):has { severity = "critical", title = "~500 items" }
end)

box.test("one file in and out of the trash is one item, and a repeated event is none", function(t)
  delete(t, 1, 60, { event_type = "DELETE", source = { item_type = "file", item_id = "1", item_name = "plan.pdf" } })
  delete(t, 1, 60)
  t:expect_alerts(0)
end)

box.test("deletions that arrive an hour late do not add to today's", function(t)
  delete(t, 4000, 4048)
  delete(t, 1, 49)
  t:expect_alerts(0)
end)

box.test("without a person and without a source it still counts, by address", function(t)
  for i = 1, 50 do t:send { event_type = "DELETE", event_id = "bare-" .. i, at = i, ip_address = "192.0.2.1" } end
  t:expect_no_errors()
  t:expect_alerts(1)
end)
