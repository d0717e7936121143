-- expect: error
-- The module as error.
box.on("*", function(event)
  error(box)
end, { name = "hostile" })
