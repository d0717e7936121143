-- expect: memory
-- A replacement a million times as long as what it replaces.
box.on("*", function(event)
  local _ = ("x"):rep(1000000):gsub("x", ("y"):rep(1000000))
end, { name = "hostile" })
