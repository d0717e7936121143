-- expect: time
-- A date format of two megabytes, again and again.
box.on("*", function(event)
  local format = ("%c"):rep(1000000)
  while true do os.date(format) end
end, { name = "hostile" })
