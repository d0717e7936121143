-- expect: ok
-- Depth is bounded, C's own stack is safe.
box.on("*", function(event)
  local t = {}
  for _ = 1, 100000 do t = { t } end
  assert(not pcall(box.json.encode, t))
end, { name = "hostile" })
