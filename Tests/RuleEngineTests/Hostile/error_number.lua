-- expect: error 42
-- A number as error.
box.on("*", function(event)
  error(42)
end, { name = "hostile" })
