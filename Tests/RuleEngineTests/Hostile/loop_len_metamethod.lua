-- expect: time
-- A length that never ends, asked by C.
box.on("*", function(event)
  table.unpack(setmetatable({}, { __len = function() while true do end end }))
end, { name = "hostile" })
