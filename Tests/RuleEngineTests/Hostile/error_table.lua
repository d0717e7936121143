-- expect: error
-- A table as error.
box.on("*", function(event)
  error { code = 1, { 2 } }
end, { name = "hostile" })
