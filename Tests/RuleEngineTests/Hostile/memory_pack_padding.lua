-- expect: memory
-- `string.pack` pads to two gigabytes.
box.on("*", function(event)
  local _ = string.pack("c2000000000", "x")
end, { name = "hostile" })
