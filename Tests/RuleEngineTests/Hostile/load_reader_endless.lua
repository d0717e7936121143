-- expect: time
-- The function that gives load its text runs on the script's time, and load does not hide its end.
box.on("*", function(event)
  while true do load(function() while true do end end) end
end, { name = "hostile" })
