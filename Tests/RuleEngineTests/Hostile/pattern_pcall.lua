-- expect: time
-- A pattern bomb that is caught and set off again.
box.on("*", function(event)
  local name = ("a"):rep(255)
  while true do pcall(string.find, name, ("a-"):rep(25) .. "b") end
end, { name = "hostile" })
