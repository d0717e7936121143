-- expect: error
-- Sixteen million results.
box.on("*", function(event)
  string.byte(("x"):rep(1 << 12):rep(1 << 12), 1, -1)
end, { name = "hostile" })
