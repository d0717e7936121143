-- expect: ok
-- A name longer than any file system takes is refused or parked, and harms nothing else.
box.on("*", function(event)
  pcall(box.file.append, ("x"):rep(5000), "x")
  pcall(box.file.append, ("x/"):rep(5000) .. "x", "x")
end, { name = "hostile" })
