-- expect: time
-- A text that never comes, asked by `tostring`.
box.on("*", function(event)
  tostring(setmetatable({}, { __tostring = function() while true do end end }))
end, { name = "hostile" })
