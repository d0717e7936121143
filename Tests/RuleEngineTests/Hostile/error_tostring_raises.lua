-- expect: error
-- The text of the error raises.
box.on("*", function(event)
  error(setmetatable({}, { __tostring = function() error "again" end }))
end, { name = "hostile" })
