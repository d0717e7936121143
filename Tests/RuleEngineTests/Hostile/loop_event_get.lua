-- expect: time
-- Long paths that lead nowhere.
box.on("*", function(event)
  local path = ("source."):rep(10000) .. "name"
  while true do event:get(path) end
end, { name = "hostile" })
