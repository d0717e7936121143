-- expect: time
-- Decoding a long text again and again.
box.on("*", function(event)
  local text = "[" .. ("1,"):rep(100000) .. "1]"
  while true do box.json.decode(text) end
end, { name = "hostile" })
