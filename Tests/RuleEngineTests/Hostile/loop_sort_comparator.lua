-- expect: time
-- The loop runs inside a C function, where a coroutine cannot yield.
box.on("*", function(event)
  table.sort({ 3, 2, 1 }, function() while true do end end)
end, { name = "hostile" })
