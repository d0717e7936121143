-- expect: time
-- The same, moved back.
box.on("*", function(event)
  local t = setmetatable({}, { __len = function() return 1000000000000 end })
  table.remove(t, 1)
end, { name = "hostile" })
