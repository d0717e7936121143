-- expect: time
-- The order is asked by `table.sort`.
box.on("*", function(event)
  local meta = { __lt = function() while true do end end }
  table.sort({ setmetatable({}, meta), setmetatable({}, meta) })
end, { name = "hostile" })
