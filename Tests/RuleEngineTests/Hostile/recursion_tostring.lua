-- expect: error stack overflow
-- A `__tostring` that asks itself.
box.on("*", function(event)
  tostring(setmetatable({}, { __tostring = tostring }))
end, { name = "hostile" })
