-- expect: ok
-- Nested tables are the file's own; the exact text stays as Box sent it.
box.on("*", function(event)
  local text = event:json()
  local source = event.source
  if type(source) == "table" then
    pcall(setmetatable, source, { __index = error, __len = error, __pairs = error })
    pcall(rawset, source, "name", "forged")
    pcall(function() source.self = source end)
  end
  assert(event:json() == text)
end, { name = "hostile" })
