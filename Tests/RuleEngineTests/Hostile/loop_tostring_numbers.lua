-- expect: time
-- Many short C calls, no Lua function.
box.on("*", function(event)
  local number = 1.5
  while true do tostring(number) end
end, { name = "hostile" })
