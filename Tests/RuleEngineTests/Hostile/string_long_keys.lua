-- expect: time
-- Long texts as keys are hashed and compared.
box.on("*", function(event)
  local t, a = {}, ("x"):rep(1 << 22)
  while true do t[a] = true end
end, { name = "hostile" })
