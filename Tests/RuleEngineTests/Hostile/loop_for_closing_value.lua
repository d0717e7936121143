-- expect: time
-- A generic loop's fourth value is closed when the loop is left.
box.on("*", function(event)
  local closing = setmetatable({}, { __close = function() while true do end end })
  for _ in function(_, last) return not last or nil end, nil, nil, closing do break end
end, { name = "hostile" })
