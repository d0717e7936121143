-- expect: time
-- The longest numbers there are.
box.on("*", function(event)
  while true do local _ = ("%99.99f"):format(1e308) end
end, { name = "hostile" })
