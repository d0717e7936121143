-- expect: time
-- A loop without a call: only a hook or a signal sees it.
box.on("*", function(event)
  while true do end
end, { name = "hostile" })
