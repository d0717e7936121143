-- expect: memory
-- One call, two gigabytes.
box.on("*", function(event)
  local _ = ("x"):rep(2000000000)
end, { name = "hostile" })
