-- expect: time
-- The kill must not be an error that `pcall` catches.
box.on("*", function(event)
  while true do pcall(function() while true do end end) end
end, { name = "hostile" })
