-- expect: ok
-- Lines beyond a thousand are counted, not written.
box.on("*", function(event)
  for i = 1, 2000 do box.log.info("line %d", i) end
end, { name = "hostile" })
