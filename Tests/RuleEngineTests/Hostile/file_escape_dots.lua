-- expect: error ..
-- What a script reads when it tries with dots.
box.on("*", function(event)
  box.file.append("../x", "x")
end, { name = "hostile" })
