-- expect: error large
-- A length that does not fit into 64 bits.
box.on("*", function(event)
  local _ = ("xxxx"):rep(math.maxinteger)
end, { name = "hostile" })
