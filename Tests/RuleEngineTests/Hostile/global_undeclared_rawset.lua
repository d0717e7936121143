-- expect: ok
-- Whoever insists writes into the script's own environment and nowhere else.
box.on("*", function(event)
  pcall(rawset, _G, "leak", 1)
  assert(box.json.encode { 1 } == "[1]")
end, { name = "hostile" })
