-- expect: error xxx
-- A message of sixteen megabytes.
box.on("*", function(event)
  error(("x"):rep(1 << 10):rep(16 << 10))
end, { name = "hostile" })
