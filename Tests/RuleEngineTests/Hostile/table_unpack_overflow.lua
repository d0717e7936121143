-- expect: error too many
-- The number of results does not fit into 64 bits.
box.on("*", function(event)
  table.unpack({}, math.mininteger, math.maxinteger)
end, { name = "hostile" })
