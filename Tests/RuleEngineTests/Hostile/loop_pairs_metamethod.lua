-- expect: time
-- An iteration that never ends, each step of which is short.
box.on("*", function(event)
  for _ in pairs(setmetatable({}, { __pairs = function() return function() return 1 end end })) do end
end, { name = "hostile" })
