-- expect: time
-- Captures and back references.
box.on("*", function(event)
  local name = ("a"):rep(255)
  while true do name:match("(a*)(a*)(a*)(a*)(a*)%1%2%3%4%5b") end
end, { name = "hostile" })
