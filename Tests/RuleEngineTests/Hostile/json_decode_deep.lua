-- expect: ok
-- Depth is bounded when reading, too.
box.on("*", function(event)
  assert(box.json.decode(("["):rep(1000000)) == nil)
  assert(box.json.decode(('{"a":'):rep(200000)) == nil)
  assert(box.json.decode(("["):rep(1500) .. ("]"):rep(1500)) == nil)
end, { name = "hostile" })
