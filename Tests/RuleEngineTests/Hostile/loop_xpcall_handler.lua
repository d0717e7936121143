-- expect: time
-- The loop stands in the message handler.
box.on("*", function(event)
  xpcall(error, function() while true do end end, "x")
end, { name = "hostile" })
