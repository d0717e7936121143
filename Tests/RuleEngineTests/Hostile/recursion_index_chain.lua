-- expect: error loop
-- A table that is its own `__index`.
box.on("*", function(event)
  local t = {}
  setmetatable(t, { __index = t })
  t = setmetatable(t, t)
  t.__index = t
  local _ = t.x
end, { name = "hostile" })
