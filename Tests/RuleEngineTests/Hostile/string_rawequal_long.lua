-- expect: time
-- The same through a C function.
box.on("*", function(event)
  local a, b = ("x"):rep(1 << 23), ("x"):rep((1 << 23) - 1) .. "x"
  while true do rawequal(a, b) end
end, { name = "hostile" })
