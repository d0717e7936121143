-- expect: error io
-- What a script reads when it tries all the same.
box.on("*", function(event)
  io.open("/etc/passwd"):read "a"
end, { name = "hostile" })
