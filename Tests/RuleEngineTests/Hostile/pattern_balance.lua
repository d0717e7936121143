-- expect: time
-- Unbalanced brackets are searched to the end from every place.
box.on("*", function(event)
  local name = ("("):rep(255)
  while true do name:find(".-%b().-%b().-%b()x") end
end, { name = "hostile" })
