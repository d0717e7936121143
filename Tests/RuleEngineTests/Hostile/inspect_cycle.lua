-- expect: ok
-- Printing a table that holds itself, or a very deep one, ends.
box.on("*", function(event)
  local t = {}
  t.t = t
  assert(type(box.inspect(t)) == "string")
  for _ = 1, 10000 do t = { t } end
  pcall(box.inspect, t)
end, { name = "hostile" })
