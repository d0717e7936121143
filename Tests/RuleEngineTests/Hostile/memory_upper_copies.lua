-- expect: memory
-- Copies of one long text.
box.on("*", function(event)
  local keep, long = {}, ("x"):rep(1 << 10):rep(1 << 13)
  for i = 1, math.huge do keep[i] = long:upper() end
end, { name = "hostile" })
