-- expect: time
-- A sum that never ends.
box.on("*", function(event)
  local _ = setmetatable({}, { __add = function() while true do end end }) + 1
end, { name = "hostile" })
