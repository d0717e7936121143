-- expect: error below
-- A level below it.
box.on("*", function(event)
  error("below", -1)
end, { name = "hostile" })
