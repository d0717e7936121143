-- expect: ok
-- Odd options are errors.
box.on("*", function(event)
  for _, options in ipairs {
    { rotate = "-1" }, { rotate = -1 }, { rotate = 0 / 0 }, { rotate = {} }, { keep = -1 }, { keep = 1e300 },
  } do
    assert(not pcall(box.file.append, "a.txt", "x", options))
  end
end, { name = "hostile" })
