-- expect: ok
-- A table that holds itself is no JSON.
box.on("*", function(event)
  local t = {}
  t.t = { t }
  assert(not pcall(box.json.encode, t))
end, { name = "hostile" })
