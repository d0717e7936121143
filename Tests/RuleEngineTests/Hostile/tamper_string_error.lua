-- expect: error string
-- What a script reads when it tries.
box.on("*", function(event)
  string.format = nil
end, { name = "hostile" })
