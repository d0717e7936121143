-- expect: ok
-- Odd durations are errors, not endless waits.
box.on("*", function(event)
  for _, duration in ipairs { "", "x", "-1s", "1e9w", "99999999999999999999w", -1, 0 / 0, math.huge, {} } do
    assert(not pcall(box.sleep, duration), tostring(duration))
    assert(not pcall(box.once, "key", duration), tostring(duration))
  end
end, { name = "hostile" })
