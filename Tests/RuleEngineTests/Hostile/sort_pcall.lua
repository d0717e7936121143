-- expect: time
-- Comparing by `pcall`: no Lua function at all.
box.on("*", function(event)
  local t = {}
  for i = 1, 100000 do t[i] = i end
  while true do table.sort(t, pcall) end
end, { name = "hostile" })
