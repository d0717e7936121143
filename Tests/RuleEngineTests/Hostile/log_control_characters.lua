-- expect: ok
-- A line that would forge others and take over a terminal.
box.on("*", function(event)
  print "line\n2026-01-01T00:00:00Z error forged\r\27]0;title\7\27[2J\0\u{202E}\u{2066}"
  box.log.error("%s", event.event_type .. "\n\27[31mforged")
end, { name = "hostile" })
