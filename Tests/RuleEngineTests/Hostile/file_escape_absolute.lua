-- expect: error /etc/passwd
-- An absolute path.
box.on("*", function(event)
  box.file.append("/etc/passwd", "x")
end, { name = "hostile" })
