-- expect: error coroutine
-- Waiting needs no coroutines, and killing must not meet any.
box.on("*", function(event)
  coroutine.wrap(function() while true do end end)()
end, { name = "hostile" })
