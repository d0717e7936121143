-- expect: memory
-- A table that grows.
box.on("*", function(event)
  local t = {}
  for i = 1, math.huge do t[i] = { i, i, i, i, i, i, i, i } end
end, { name = "hostile" })
