-- expect: error far
-- A level beyond the stack.
box.on("*", function(event)
  error("far", 1000000000)
end, { name = "hostile" })
