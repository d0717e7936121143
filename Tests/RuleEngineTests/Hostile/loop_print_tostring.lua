-- expect: time
-- A text that never comes, asked by the log.
box.on("*", function(event)
  print(setmetatable({}, { __tostring = function() while true do end end }))
end, { name = "hostile" })
