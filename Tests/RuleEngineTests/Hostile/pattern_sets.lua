-- expect: time
-- Long sets are compared character by character.
box.on("*", function(event)
  local set = "[" .. ("b"):rep(100000) .. "]"
  local name = ("a"):rep(255)
  while true do name:find(set) end
end, { name = "hostile" })
