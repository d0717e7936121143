-- expect: time
-- A call that never ends.
box.on("*", function(event)
  setmetatable({}, { __call = function() while true do end end })()
end, { name = "hostile" })
