-- expect: error
-- An error without a value.
box.on("*", function(event)
  error()
end, { name = "hostile" })
