-- expect: time
-- The same with jumps backwards.
box.on("*", function(event)
  ::again::
  goto again
end, { name = "hostile" })
