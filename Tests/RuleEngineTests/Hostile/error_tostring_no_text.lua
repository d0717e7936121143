-- expect: error
-- The text of the error is none.
box.on("*", function(event)
  error(setmetatable({}, { __tostring = function() return {} end }))
end, { name = "hostile" })
