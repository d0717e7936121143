-- expect: error execute
-- The same for a command.
box.on("*", function(event)
  os.execute "true"
end, { name = "hostile" })
