-- expect: error broken
-- A message that is no UTF-8.
box.on("*", function(event)
  error("broken \xff\xfe\xc0\x80", 0)
end, { name = "hostile" })
