-- expect: time
-- Nothing, a million million times.
box.on("*", function(event)
  while true do (""):rep(1000000000000) end
end, { name = "hostile" })
