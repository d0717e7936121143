-- expect: ok
-- A text without end is refused at a megabyte.
box.on("*", function(event)
  local piece = (" "):rep(4096)
  local ok, f = pcall(load, function() return piece end)
  assert(not ok or f == nil)
end, { name = "hostile" })
