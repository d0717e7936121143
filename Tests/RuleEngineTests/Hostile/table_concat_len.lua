-- expect: time
-- 1e12 empty pieces.
box.on("*", function(event)
  local t = setmetatable({}, { __len = function() return 1000000000000 end, __index = function() return "" end })
  table.concat(t)
end, { name = "hostile" })
