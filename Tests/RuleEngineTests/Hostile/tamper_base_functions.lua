-- expect: ok
-- Replaced globals are the script's own; the host does not call them.
box.on("*", function(event)
  pcall(function() tostring = function() return "owned" end end)
  pcall(function() error = function() end end)
  pcall(function() pairs = nil end)
  assert(box.json.encode { a = 1 } == '{"a":1}')
end, { name = "hostile" })
