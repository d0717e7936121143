-- expect: memory
-- The separator counts too.
box.on("*", function(event)
  local _ = ("x"):rep(1 << 20, ("y"):rep(1000))
end, { name = "hostile" })
