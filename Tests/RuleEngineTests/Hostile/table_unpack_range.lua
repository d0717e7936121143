-- expect: error too many
-- The same without a metatable.
box.on("*", function(event)
  table.unpack({}, 1, 100000000)
end, { name = "hostile" })
