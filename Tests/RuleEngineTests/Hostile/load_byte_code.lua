-- expect: ok
-- Byte code is not verified by Lua: whoever runs it owns the process.
box.on("*", function(event)
  local f, message = load "\27LuaT\0\25\147\r\n\26\n\4\8\8xV\0\0"
  assert(f == nil and type(message) == "string")
  assert(load("\27Lua", "x", "b") == nil or false)
  local pieces = { "\27", "Lua" }
  assert(not load(function() return table.remove(pieces, 1) end))
  assert(string.dump == nil)
end, { name = "hostile" })
