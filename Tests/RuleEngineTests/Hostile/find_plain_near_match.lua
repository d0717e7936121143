-- expect: time
-- Plain search: every place is nearly right.
box.on("*", function(event)
  local text, part = ("a"):rep(1 << 22), ("a"):rep(1 << 21) .. "b"
  while true do text:find(part, 1, true) end
end, { name = "hostile" })
