-- expect: ok
-- More than any text may have is refused, with or without a separator.
box.on("*", function(event)
  assert(not pcall(string.rep, "x", 10000000000))
  assert(not pcall(string.rep, "x", 10000000000, "yyyy"))
  assert(not pcall(string.rep, "xx", math.maxinteger, "y"))
end, { name = "hostile" })
