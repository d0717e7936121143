-- expect: ok
-- A hole of a million million elements is refused, not filled.
box.on("*", function(event)
  assert(not pcall(box.json.encode, { [1] = 1, [1000000000000] = 1 }))
end, { name = "hostile" })
