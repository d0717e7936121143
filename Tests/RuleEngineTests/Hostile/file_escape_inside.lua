-- expect: error ..
-- Out by way of a folder.
box.on("*", function(event)
  box.file.write("a/../../x", "x")
end, { name = "hostile" })
