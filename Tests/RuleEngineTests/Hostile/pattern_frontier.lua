-- expect: time
-- Frontiers and optional items.
box.on("*", function(event)
  local name = ("ab"):rep(127)
  while true do name:match(("[ab]?"):rep(28) .. ("[ab]"):rep(250) .. "%f[%d]") end
end, { name = "hostile" })
