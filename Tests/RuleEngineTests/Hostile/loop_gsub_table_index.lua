-- expect: time
-- `gsub` reads its replacement from a table that never answers.
box.on("*", function(event)
  ("abc"):gsub(".", setmetatable({}, { __index = function() while true do end end }))
end, { name = "hostile" })
