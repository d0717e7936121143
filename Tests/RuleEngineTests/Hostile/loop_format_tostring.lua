-- expect: time
-- A text that never comes, asked by `string.format`.
box.on("*", function(event)
  local _ = ("%s"):format(setmetatable({}, { __tostring = function() while true do end end }))
end, { name = "hostile" })
