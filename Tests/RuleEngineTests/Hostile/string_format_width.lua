-- expect: error invalid
-- A width that would fill the memory.
box.on("*", function(event)
  local _ = ("%1000000000d"):format(1)
end, { name = "hostile" })
