local function invitation(more)
  local event = {
    event_type = "COLLABORATION_INVITE",
    created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
    source = { folder_id = "700", folder_name = "Invoices" },
    additional_details = { role = "Editor" },
  }
  for field, value in pairs(more) do event[field] = value end
  return event
end

box.test("a guest from another company alerts, with or without a Box account", function(t)
  t:send(invitation { event_id = "a", accessible_by = { type = "user", id = "9", login = "bo@Partner.test" } })
  t:expect_alerts(1)
  t:alert(1):has { severity = "medium", title = "~bo@Partner.test is invited to Invoices" }
  local source = { folder_id = "700", folder_name = "Invoices", user_email = "cy@partner.test" }
  t:send(invitation { event_id = "b", source = source })
  t:expect_alerts(2)
  t:alert(2):has { title = "~cy@partner.test" }
end)

box.test("colleagues, also of a subsidiary, and groups are no guests", function(t)
  t:send(invitation { event_id = "a", accessible_by = { type = "user", id = "8", login = "Dee@EXAMPLE.com" } })
  t:send(invitation { event_id = "b", accessible_by = { type = "user", id = "8", login = "dee@eu.example.com" } })
  t:send(invitation { event_id = "c", source = { folder_id = "700", group_id = "5", group_name = "Finance" } })
  t:expect_alerts(0)
  t:expect_no_errors()
end)

box.test("a domain that only ends like ours is foreign", function(t)
  t:send(invitation { accessible_by = { type = "user", id = "9", login = "eve@notexample.com" } })
  t:expect_alerts(1)
end)

box.test("on a user stream, who accepts is the guest; the same event twice alerts once", function(t)
  for _ = 1, 2 do t:send(t:fixture "collaboration_accepted_user_stream.json") end
  t:expect_alerts(1)
  t:alert(1):has { title = "~eve@partner.test has access to Invoices" }
end)

box.test("an odd source and a missing address raise nothing", function(t)
  t:send { event_type = "COLLABORATION_INVITE", event_id = "a", source = "gone" }
  t:send { event_type = "COLLAB_INVITE_COLLABORATOR", event_id = "b", accessible_by = { login = "" } }
  t:expect_alerts(0)
  t:expect_no_errors()
end)
