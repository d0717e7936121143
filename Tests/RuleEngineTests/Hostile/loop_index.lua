-- expect: time
-- A field that never answers.
box.on("*", function(event)
  local _ = setmetatable({}, { __index = function() while true do end end }).field
end, { name = "hostile" })
