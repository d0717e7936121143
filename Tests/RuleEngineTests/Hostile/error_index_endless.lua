-- expect: error
-- Whoever asked this error for a field would never get it.
box.on("*", function(event)
  error(setmetatable({}, { __index = function() while true do end end, __name = 5 }))
end, { name = "hostile" })
