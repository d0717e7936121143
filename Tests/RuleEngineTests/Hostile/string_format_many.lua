-- expect: error
-- A format that asks for a million arguments.
box.on("*", function(event)
  local _ = ("%d"):rep(1000000):format(1)
end, { name = "hostile" })
