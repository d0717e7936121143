-- expect: time
-- A table that claims two thousand million elements.
box.on("*", function(event)
  local t = setmetatable({}, {
    __len = function() return (1 << 31) - 2 end,
    __index = function(_, i) return -i end,
    __newindex = function() end,
  })
  table.sort(t)
end, { name = "hostile" })
