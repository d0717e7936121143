-- expect: memory
-- `table.concat` builds one large text of shared pieces.
box.on("*", function(event)
  local piece = ("x"):rep(1 << 20)
  local t = {}
  for i = 1, 200 do t[i] = piece end
  local _ = table.concat(t)
end, { name = "hostile" })
