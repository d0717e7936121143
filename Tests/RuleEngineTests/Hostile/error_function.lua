-- expect: error
-- A function as error.
box.on("*", function(event)
  error(print)
end, { name = "hostile" })
