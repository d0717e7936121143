-- expect: error
-- A path that C would cut at the zero byte.
box.on("*", function(event)
  box.file.append("a\0b", "x")
end, { name = "hostile" })
