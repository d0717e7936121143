-- expect: time
-- Each round raises and catches; no round is long.
box.on("*", function(event)
  while true do pcall(error) end
end, { name = "hostile" })
