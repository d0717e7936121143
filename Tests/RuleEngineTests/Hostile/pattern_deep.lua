-- expect: ok
-- A very long pattern may be refused; C's own stack must not overflow.
box.on("*", function(event)
  pcall(string.find, ("a"):rep(300000), ("a?"):rep(300000))
  pcall(string.find, ("a"):rep(300000), ("(a"):rep(300000))
  pcall(string.find, ("("):rep(1000), "%b()")
end, { name = "hostile" })
