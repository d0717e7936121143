-- expect: ok
-- What JSON cannot write is refused.
box.on("*", function(event)
  for _, value in ipairs {
    0 / 0, math.huge, -math.huge, print, { 1, a = 2 }, { [3] = 1 }, "\xff", { ["\xff"] = 1 }, { [{}] = 1 },
  } do
    assert(not pcall(box.json.encode, value))
    assert(not pcall(box.json.encode, { value }))
  end
end, { name = "hostile" })
