-- expect: time
-- The order of long texts.
box.on("*", function(event)
  local a, b = ("x"):rep(1 << 23), ("x"):rep((1 << 23) - 1) .. "y"
  while true do local _ = a < b end
end, { name = "hostile" })
