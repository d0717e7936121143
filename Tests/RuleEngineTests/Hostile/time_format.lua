-- expect: ok
-- Odd dates and formats raise at most.
box.on("*", function(event)
  for _, format in ipairs { "%", "%E", "%Ez", "%Q", ("%c"):rep(1000), "\0%Y" } do
    pcall(os.date, format)
    pcall(box.time.format, 0, format)
  end
  for _, seconds in ipairs { 1e300, -1e300, 0 / 0, math.mininteger, math.maxinteger } do
    pcall(os.date, "%Y", seconds)
    pcall(os.time, { year = seconds, month = 1, day = 1 })
    pcall(box.time.format, seconds)
  end
  pcall(box.time.parse, ("1"):rep(1000000))
end, { name = "hostile" })
