-- expect: time
-- A protected `gsub` around protected callbacks.
box.on("*", function(event)
  while true do
    pcall(string.gsub, "abc", ".", function() while true do pcall(error) end end)
  end
end, { name = "hostile" })
