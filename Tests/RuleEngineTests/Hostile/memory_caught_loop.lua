-- expect: time
-- Refused memory, asked for again and again.
box.on("*", function(event)
  while true do pcall(string.rep, "x", 1 << 40) end
end, { name = "hostile" })
