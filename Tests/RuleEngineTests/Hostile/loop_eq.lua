-- expect: time
-- A comparison that never ends.
box.on("*", function(event)
  local meta = { __eq = function() while true do end end }
  local _ = setmetatable({}, meta) == setmetatable({}, meta)
end, { name = "hostile" })
