-- expect: time
-- A variable that is closed while the kill unwinds, and loops then.
box.on("*", function(event)
  local _ <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end, { name = "hostile" })
