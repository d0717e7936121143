local function share(id, link, more)
  local event = {
    event_type = "ITEM_SHARED_CREATE", event_id = "share-" .. id,
    created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
    source = { type = "file", id = id, name = "plan.pdf", shared_link = link },
  }
  for field, value in pairs(more or {}) do event[field] = value end
  return event
end

box.test("an open link in a user stream alerts, with a password less loudly", function(t)
  t:send(share("1", { access = "open", effective_access = "open" }))
  t:expect_alerts(1)
  t:alert(1):has { severity = "medium", title = "~ada@example.com opened plan.pdf to everybody" }
  t:send(share("2", { access = "open", is_password_enabled = true }))
  t:expect_alerts(2)
  t:alert(2):has { severity = "low" }
end)

box.test("links for the company or for collaborators stay quiet", function(t)
  t:send(share("1", { access = "company" }))
  -- The folder's policy closes what the link itself would open.
  t:send(share("2", { access = "open", effective_access = "collaborators" }))
  t:expect_alerts(0)
end)

box.test("an enterprise stream's details tell the access", function(t)
  local source = { item_type = "folder", item_id = "70", item_name = "Invoices" }
  t:send { event_type = "SHARE", event_id = "a", source = source, additional_details = { access_level = "company" } }
  t:send {
    event_type = "ITEM_SHARED_UPDATE", event_id = "b", source = source, additional_details = { access_level = "open" },
  }
  t:expect_alerts(1)
  t:alert(1):has { severity = "high", title = "~Invoices" }
end)

box.test("without details Box is asked for the item", function(t)
  local link = { access = "open", url = "https://app.box.test/s/1" }
  t:mock_api("GET", "/files/900", { id = "900", type = "file", shared_link = link })
  t:mock_api("GET", "/files/901", { id = "901", type = "file" })
  for _, id in ipairs { "900", "901" } do
    t:send { event_type = "SHARE", event_id = id, source = { item_type = "file", item_id = id, item_name = "a.pdf" } }
  end
  t:expect_alerts(1)
  t:expect_no_errors()
end)

box.test("a source without an item asks nobody, a repeated event alerts once", function(t)
  t:send { event_type = "SHARE", event_id = "a" }
  t:send { event_type = "SHARE", event_id = "b", source = { item_type = "file", item_id = "../users/me" } }
  t:expect_alerts(0)
  for _ = 1, 2 do t:send(share("1", { access = "open" })) end
  t:expect_alerts(1)
  t:expect_no_errors()
end)
