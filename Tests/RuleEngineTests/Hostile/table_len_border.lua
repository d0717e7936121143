-- expect: time
-- The length of a long table, again and again.
box.on("*", function(event)
  local t = {}
  for i = 1, 100000 do t[i] = i end
  while true do local _ = #t end
end, { name = "hostile" })
