-- expect: memory
-- Closures that keep what they saw.
box.on("*", function(event)
  local keep = {}
  for i = 1, math.huge do
    local seen = { i, i, i, i, i, i, i, i }
    keep[i] = function() return seen end
  end
end, { name = "hostile" })
