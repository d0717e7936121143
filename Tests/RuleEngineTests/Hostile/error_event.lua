-- expect: error
-- The event as error.
box.on("*", function(event)
  error(event)
end, { name = "hostile" })
