-- expect: time
-- Protected calls of protected calls, without any Lua function in between.
box.on("*", function(event)
  while true do pcall(pcall, pcall, pcall, error, "x") end
end, { name = "hostile" })
