-- expect: time
-- Helpers of the host are no free time.
box.on("*", function(event)
  while true do box.time.parse "2026-01-01T00:00:00Z" end
end, { name = "hostile" })
