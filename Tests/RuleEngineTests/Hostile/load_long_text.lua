-- expect: ok
-- So is one that comes in one piece.
box.on("*", function(event)
  local ok, f = pcall(load, "--" .. ("x"):rep(2 << 20))
  assert(not ok or f == nil)
end, { name = "hostile" })
