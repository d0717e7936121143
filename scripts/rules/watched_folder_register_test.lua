local function upload(name, more)
  local event = {
    event_type = "UPLOAD", event_id = "event of " .. name,
    created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
    source = {
      item_type = "file", item_id = "900", item_name = name,
      parent = { type = "folder", id = "700000000001", name = "Invoices" },
    },
  }
  for field, value in pairs(more or {}) do event[field] = value end
  return event
end

local function below(id)
  local parent = { type = "folder", id = id, name = "2026" }
  return { item_type = "file", item_id = "901", item_name = "deep.pdf", parent = parent }
end

box.test("uploads, edits and moves into the folder are registered below a header", function(t)
  t:send(upload "a.pdf")
  t:send(upload("b.pdf", { event_type = "EDIT" }))
  t:send(upload("c.pdf", { event_type = "MOVE" }))
  t:expect_file("register.csv", "~time,action,who,folder,name,id,event")
  t:expect_file("register.csv", "~upload,ada@example.com,Invoices,a.pdf,900")
  t:expect_file("register.csv", "~edit,ada@example.com,Invoices,b.pdf,900")
  t:expect_file("register.csv", "~move,ada@example.com,Invoices,c.pdf,900")
end)

box.test("a user stream names the folders above; nobody is asked", function(t)
  t:send(t:fixture "upload_user_stream.json")
  t:expect_no_errors()
  t:expect_file("register.csv", "~All Files/Invoices/2026,deep.pdf")
end)

box.test("an enterprise stream's parent is looked up once", function(t)
  local tree = { entries = { { type = "folder", id = "0" }, { type = "folder", id = "700000000001" } } }
  t:mock_api("GET", "/folders/701", { id = "701", path_collection = tree })
  t:send(upload("x", { source = below "701" }))
  t:expect_file("register.csv", "~2026,deep.pdf,901,event of x")
  if not t:kv("below/701") then error "the answer was not remembered" end
end)

box.test("what lies elsewhere or in no folder is left out", function(t)
  t:mock_api("GET", "/folders/800", { id = "800", path_collection = { entries = { { type = "folder", id = "0" } } } })
  t:send(upload("x", { source = below "800" }))
  if t:kv("below/800") ~= false then error "the folder elsewhere was not looked up" end
  t:send(upload("y", { source = below "0" }))
  t:send { event_type = "UPLOAD", event_id = "z", source = "gone" }
  t:expect_no_errors()
end)

box.test("a name that a spreadsheet would run is defused", function(t)
  t:send(upload "=HYPERLINK(A1)")
  t:expect_file("register.csv", "~'=HYPERLINK(A1)")
end)
