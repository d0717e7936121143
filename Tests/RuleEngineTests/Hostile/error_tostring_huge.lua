-- expect: error
-- The text of the error is ten megabytes long.
box.on("*", function(event)
  error(setmetatable({}, { __tostring = function() return ("x"):rep(1 << 10):rep(10 << 10) end }))
end, { name = "hostile" })
