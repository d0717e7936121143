-- expect: error
-- Whoever asked this error for its text would never get it.
box.on("*", function(event)
  error(setmetatable({}, { __tostring = function() while true do end end }))
end, { name = "hostile" })
