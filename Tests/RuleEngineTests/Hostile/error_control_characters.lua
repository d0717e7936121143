-- expect: error line
-- A message that would forge lines in a log and colours on a terminal.
box.on("*", function(event)
  error("line\n\27[2J\27[31mERROR forged\r\0\u{202E}end", 0)
end, { name = "hostile" })
