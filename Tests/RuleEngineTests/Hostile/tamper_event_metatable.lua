-- expect: ok
-- The event's metatable is locked, its fields stay Box's.
box.on("*", function(event)
  local kind = event.event_type
  pcall(setmetatable, event, { __index = function() return "owned" end })
  pcall(function() getmetatable(event).__index = function() return "owned" end end)
  pcall(function() getmetatable(event).__metatable = nil end)
  pcall(function() event.get = function() return "owned" end end)
  assert(type(getmetatable(event)) ~= "table")
  assert(event.event_type == kind and event:get "event_type" == kind)
end, { name = "hostile" })
