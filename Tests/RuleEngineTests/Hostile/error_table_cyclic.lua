-- expect: error
-- A table that holds itself.
box.on("*", function(event)
  local t = {}
  t.t = t
  error(t)
end, { name = "hostile" })
