-- expect: time
-- A concatenation that never ends.
box.on("*", function(event)
  local _ = setmetatable({}, { __concat = function() while true do end end }) .. "x"
end, { name = "hostile" })
