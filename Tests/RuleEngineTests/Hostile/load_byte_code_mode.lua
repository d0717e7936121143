-- expect: ok
-- Asking for binary mode opens no door.
box.on("*", function(event)
  local ok, f = pcall(load, "\27Lua", "x", "bt")
  assert(not ok or f == nil)
end, { name = "hostile" })
