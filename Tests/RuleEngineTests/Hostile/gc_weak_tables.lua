-- expect: time
-- Weak tables make the collector work, on the script's account.
box.on("*", function(event)
  local weak = setmetatable({}, { __mode = "k" })
  for i = 1, math.huge do weak[{}] = {} end
end, { name = "hostile" })
