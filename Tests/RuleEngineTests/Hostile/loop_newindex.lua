-- expect: time
-- An assignment that never ends.
box.on("*", function(event)
  setmetatable({}, { __newindex = function() while true do end end }).field = 1
end, { name = "hostile" })
