-- expect: ok
-- Nor the shared libraries.
box.on("*", function(event)
  pcall(rawset, string, "format", function() return "owned" end)
  pcall(rawset, table, "concat", function() return "owned" end)
  assert(string.format("%d", 1) == "1" and ("%d"):format(1) == "1")
  assert(table.concat { "a", "b" } == "ab")
end, { name = "hostile" })
