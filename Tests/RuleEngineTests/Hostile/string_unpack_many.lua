-- expect: error
-- More results than any stack holds.
box.on("*", function(event)
  string.unpack(("b"):rep(10000):rep(1000), ("x"):rep(10000):rep(1000))
end, { name = "hostile" })
