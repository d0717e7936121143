-- expect: time
-- An order that never ends.
box.on("*", function(event)
  local meta = { __lt = function() while true do end end }
  local _ = setmetatable({}, meta) < setmetatable({}, meta)
end, { name = "hostile" })
