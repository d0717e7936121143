-- expect: ok
-- The event's methods called with something that is no event.
box.on("*", function(event)
  for _, method in ipairs { "get", "table", "json" } do
    for _, wrong in ipairs { {}, "x", 1, true, print, setmetatable({}, { __index = event }) } do
      assert(not pcall(event[method], wrong, "a.b"))
    end
    assert(not pcall(event[method]))
  end
end, { name = "hostile" })
