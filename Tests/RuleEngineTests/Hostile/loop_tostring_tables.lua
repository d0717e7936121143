-- expect: time
-- The same with tables: each text has a new address in it.
box.on("*", function(event)
  while true do tostring { {} } end
end, { name = "hostile" })
