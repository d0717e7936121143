-- expect: time
-- The loop runs inside a replacement function.
box.on("*", function(event)
  ("abc"):gsub(".", function() while true do end end)
end, { name = "hostile" })
