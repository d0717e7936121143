-- expect: time
-- Effects beyond the limit are refused; refusing is no free time.
box.on("*", function(event)
  while true do pcall(box.file.append, "a.txt", "x") end
end, { name = "hostile" })
