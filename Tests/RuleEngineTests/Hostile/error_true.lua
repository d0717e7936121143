-- expect: error
-- An error that is no text.
box.on("*", function(event)
  error(true)
end, { name = "hostile" })
