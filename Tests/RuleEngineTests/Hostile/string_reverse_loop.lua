-- expect: time
-- Long copies, each of which is garbage at once.
box.on("*", function(event)
  local text = ("x"):rep(1 << 22)
  while true do text:reverse() end
end, { name = "hostile" })
