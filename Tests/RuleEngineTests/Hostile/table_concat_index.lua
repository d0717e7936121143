-- expect: time
-- The range is an argument, the pieces come from another table.
box.on("*", function(event)
  table.concat(setmetatable({}, { __index = setmetatable({}, { __index = function() return "" end }) }), "", 1, 1 << 60)
end, { name = "hostile" })
