-- expect: time
-- Finding the last character from the front.
box.on("*", function(event)
  local text = ("ä"):rep(1 << 21)
  while true do utf8.offset(text, 1 << 21) end
end, { name = "hostile" })
