-- expect: ok
-- Every text of the file shares one metatable, the host's own code included.
box.on("*", function(event)
  pcall(function() getmetatable("").__index = function() return "owned" end end)
  pcall(function() getmetatable("").__index.len = function() return -1 end end)
  pcall(function() getmetatable("").__len = function() return -1 end end)
  pcall(setmetatable, "", {})
  assert(("x"):len() == 1 and #"x" == 1)
end, { name = "hostile" })
