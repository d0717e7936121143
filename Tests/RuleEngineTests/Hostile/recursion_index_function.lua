-- expect: error stack overflow
-- An `__index` that asks itself.
box.on("*", function(event)
  local t = setmetatable({}, { __index = function(self, key) return self[key] end })
  local _ = t.x
end, { name = "hostile" })
