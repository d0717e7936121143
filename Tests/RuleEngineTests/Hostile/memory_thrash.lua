-- expect: time
-- At the edge of its memory every allocation collects the whole heap: on the script's account.
box.on("*", function(event)
  local keep = {}
  pcall(function()
    for i = 1, math.huge do keep[i] = { i } end
  end)
  for i = 1, 100 do keep[i] = nil end
  while true do pcall(function() return { {}, {}, {} } end) end
end, { name = "hostile" })
