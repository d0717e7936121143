-- expect: time
-- Walking over the characters of a long text.
box.on("*", function(event)
  local text = ("ä"):rep(1 << 21)
  while true do
    for _ in utf8.codes(text) do end
  end
end, { name = "hostile" })
