-- expect: ok
-- A finalizer that is added to a metatable in use is never called.
box.on("*", function(event)
  local meta = {}
  for _ = 1, 100 do setmetatable({}, meta) end
  meta.__gc = function() while true do end end
  pcall(setmetatable, {}, meta)
  local garbage
  for i = 1, 20000 do garbage = { garbage and i, ("x"):rep(100) .. i } end
end, { name = "hostile" })
