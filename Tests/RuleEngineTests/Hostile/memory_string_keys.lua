-- expect: memory
-- Long keys are kept with the table.
box.on("*", function(event)
  local t, part = {}, ("k"):rep(1000)
  for i = 1, math.huge do t[part:rep(i)] = true end
end, { name = "hostile" })
