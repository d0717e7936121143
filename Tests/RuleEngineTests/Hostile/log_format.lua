-- expect: ok
-- A format that does not fit its arguments raises at most.
box.on("*", function(event)
  pcall(box.log.info, "%d", "x")
  pcall(box.log.info, "%s %s %s")
  pcall(box.log.info, "%99999d", 1)
  pcall(box.log.info, {})
  pcall(box.log.info, "%q", print)
end, { name = "hostile" })
