-- expect: ok
-- A message handler that raises must end, however it ends.
box.on("*", function(event)
  pcall(xpcall, error, function() error "again" end, "x")
end, { name = "hostile" })
