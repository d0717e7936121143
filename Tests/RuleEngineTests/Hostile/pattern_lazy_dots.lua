-- expect: time
-- Lazy matches multiply.
box.on("*", function(event)
  local name = ("a"):rep(255)
  while true do name:match(".-.-.-.-.-.-.-.-x") end
end, { name = "hostile" })
