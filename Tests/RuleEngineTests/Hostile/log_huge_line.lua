-- expect: ok
-- A line of four megabytes is cut.
box.on("*", function(event)
  local long = ("x"):rep(1 << 10):rep(4 << 10)
  print(long)
  box.log.warn("%s", long)
end, { name = "hostile" })
