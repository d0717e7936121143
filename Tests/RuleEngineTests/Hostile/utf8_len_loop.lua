-- expect: time
-- Counting the characters of a long text.
box.on("*", function(event)
  local text = ("ä"):rep(1 << 21)
  while true do utf8.len(text) end
end, { name = "hostile" })
