-- expect: time
-- A 255-character name, as a stranger may upload it, against twenty stars.
box.on("*", function(event)
  local name = ("a"):rep(255)
  while true do name:find(("a*"):rep(20) .. "b") end
end, { name = "hostile" })
