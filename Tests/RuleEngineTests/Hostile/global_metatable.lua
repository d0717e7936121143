-- expect: error leak
-- Taking the guard off the globals.
box.on("*", function(event)
  pcall(function() getmetatable(_G).__newindex = nil end)
  pcall(setmetatable, _G, nil)
  pcall(setmetatable, _G, {})
  leak = 1
end, { name = "hostile" })
