local function upload(name, more)
  local event = {
    event_type = "ITEM_UPLOAD", event_id = name,
    created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
    source = { type = "file", id = "id of " .. name, name = name, size = 1024 },
  }
  for field, value in pairs(more or {}) do event[field] = value end
  return event
end

box.test("a program alerts on both kinds of stream", function(t)
  t:send(upload "Setup.EXE")
  t:expect_alerts(1)
  t:alert(1):has { severity = "medium", title = "~ada@example.com brought a program: Setup.EXE" }
  t:send { event_type = "UPLOAD", event_id = "b", source = { item_type = "file", item_id = "1", item_name = "go.ps1" } }
  t:expect_alerts(2)
  t:alert(2):has { title = "~go.ps1" }
end)

box.test("a program in disguise is high, dots and blanks at the end or not", function(t)
  t:send(upload "invoice.pdf.exe")
  t:send(upload("photo.jpg .scr. "))
  t:expect_alerts(2)
  t:alert(1):has { severity = "high" }
  t:alert(2):has { severity = "high" }
end)

box.test("documents, folders and names that only look alike stay quiet", function(t)
  for _, name in ipairs { "report.pdf", "exe", ".exe.txt", "notes.exemplar", "" } do t:send(upload(name)) end
  t:send(upload("tools.exe", { source = { type = "folder", id = "5", name = "tools.exe" } }))
  t:expect_alerts(0)
end)

box.test("renaming into a program alerts; the same file again within the hour does not", function(t)
  t:send(upload("tool.exe", { event_type = "ITEM_RENAME" }))
  t:send(upload("tool.exe", { event_type = "RENAME", event_id = "another" }))
  t:expect_alerts(1)
end)

box.test("an upload without a person or with an odd source raises nothing", function(t)
  t:send { event_type = "UPLOAD", event_id = "a", source = "gone" }
  t:send { event_type = "UPLOAD", event_id = "b", source = { item_type = "file", item_name = 17 } }
  t:expect_alerts(0)
  t:expect_no_errors()
end)
