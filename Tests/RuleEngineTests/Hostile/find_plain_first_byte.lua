-- expect: time
-- Plain search: a first byte that is everywhere.
box.on("*", function(event)
  local text = ("ab"):rep(1 << 21)
  while true do text:find("ac", 1, true) end
end, { name = "hostile" })
