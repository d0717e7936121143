-- expect: time
-- The same between tables that swallow everything.
box.on("*", function(event)
  local source = setmetatable({}, { __index = function() return 1 end })
  local sink = setmetatable({}, { __newindex = function() end })
  table.move(source, 1, 1000000000000, 1, sink)
end, { name = "hostile" })
