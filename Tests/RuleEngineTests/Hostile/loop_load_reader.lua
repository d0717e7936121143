-- expect: time
-- `load` asks a function for pieces; this one never gives any.
box.on("*", function(event)
  load(function() while true do end end)
end, { name = "hostile" })
