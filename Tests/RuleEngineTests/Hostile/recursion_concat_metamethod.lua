-- expect: error stack overflow
-- A `__concat` that concatenates.
box.on("*", function(event)
  local meta = {}
  meta.__concat = function(a, b) return a .. b end
  local _ = setmetatable({}, meta) .. setmetatable({}, meta)
end, { name = "hostile" })
