-- expect: time
-- Encoding a large table again and again.
box.on("*", function(event)
  local list = {}
  for i = 1, 10000 do list[i] = i end
  while true do box.json.encode(list) end
end, { name = "hostile" })
