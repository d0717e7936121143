-- expect: ok
-- What JSON cannot hold cannot be remembered.
box.on("*", function(event)
  local cycle = {}
  cycle.cycle = cycle
  for _, value in ipairs { print, 0 / 0, math.huge, cycle, { [1] = 1, a = 1 }, "\xff" } do
    assert(not pcall(box.kv.set, "key", value))
  end
  assert(not pcall(box.kv.set, {}, 1))
  assert(box.kv.get "key" == nil)
end, { name = "hostile" })
