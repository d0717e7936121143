-- expect: time
-- The message handler starts the work again.
box.on("*", function(event)
  local function work() while true do end end
  while true do xpcall(work, function() return work() end) end
end, { name = "hostile" })
