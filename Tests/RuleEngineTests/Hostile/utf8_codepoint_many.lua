-- expect: error
-- More results than any stack holds.
box.on("*", function(event)
  utf8.codepoint(("x"):rep(1 << 12):rep(1 << 12), 1, -1)
end, { name = "hostile" })
