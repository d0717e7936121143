-- expect: error too many
-- More results than any stack holds.
box.on("*", function(event)
  table.unpack(setmetatable({}, { __len = function() return 1000000000000 end }))
end, { name = "hostile" })
