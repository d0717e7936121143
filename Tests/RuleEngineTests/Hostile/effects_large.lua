-- expect: error
-- Sixteen megabytes are the most that its effects may hold.
box.on("*", function(event)
  local text = ("x"):rep(1 << 20)
  for i = 1, 17 do box.kv.set("key" .. i, text) end
end, { name = "hostile" })
