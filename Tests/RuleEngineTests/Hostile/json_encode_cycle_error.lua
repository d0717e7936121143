-- expect: error
-- What a script reads when it tries.
box.on("*", function(event)
  local t = {}
  t.again = t
  box.json.encode(t)
end, { name = "hostile" })
