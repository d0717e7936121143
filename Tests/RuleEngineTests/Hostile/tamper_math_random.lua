-- expect: ok
-- Random numbers are no shared library to change, and odd ranges are errors.
box.on("*", function(event)
  pcall(function() math.random = function() return 4 end end)
  pcall(math.randomseed, 1, 2)
  pcall(math.randomseed, 0 / 0)
  assert(not pcall(math.random, 2, 1))
  assert(not pcall(math.random, 1, 2, 3))
  local number = math.random(10)
  assert(number >= 1 and number <= 10)
end, { name = "hostile" })
