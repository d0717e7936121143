-- expect: ok
-- `table` functions on the shared libraries write nothing into them.
box.on("*", function(event)
  pcall(table.insert, string, "owned")
  pcall(table.move, { "owned" }, 1, 1, 1, box)
  pcall(table.sort, box)
  pcall(table.remove, box)
  assert(string[1] == nil and box[1] == nil)
end, { name = "hostile" })
