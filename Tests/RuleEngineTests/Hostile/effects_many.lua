-- expect: error 10
-- Ten thousand effects are the most that one call may leave; nothing of this one is kept.
box.on("*", function(event)
  for i = 1, 10001 do box.kv.set("key" .. i, i) end
end, { name = "hostile" })
