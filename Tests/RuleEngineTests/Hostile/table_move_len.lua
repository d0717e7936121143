-- expect: time
-- 1e12 elements moved within one table.
box.on("*", function(event)
  table.move({}, 1, 1000000000000, 2)
end, { name = "hostile" })
