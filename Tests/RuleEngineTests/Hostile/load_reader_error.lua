-- expect: ok
-- A reader that raises or gives something else than text.
box.on("*", function(event)
  local ok, f = pcall(load, function() error "boom" end)
  assert(not ok or f == nil)
  ok, f = pcall(load, function() return {} end)
  assert(not ok or f == nil)
end, { name = "hostile" })
