-- expect: time
-- Two equal long texts that are not the same: every comparison reads all of them.
box.on("*", function(event)
  local a, b = ("x"):rep(1 << 23), ("x"):rep((1 << 23) - 1) .. "x"
  while true do local _ = a == b end
end, { name = "hostile" })
