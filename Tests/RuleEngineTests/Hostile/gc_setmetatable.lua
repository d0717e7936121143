-- expect: ok
-- A finalizer would run outside every budget.
box.on("*", function(event)
  assert(not pcall(setmetatable, {}, { __gc = function() while true do end end }))
end, { name = "hostile" })
