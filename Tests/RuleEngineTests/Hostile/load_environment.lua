-- expect: ok
-- A chunk with an environment of its own has no more than the script.
box.on("*", function(event)
  local ok, f = pcall(load, "return io or os and os.execute or package or coroutine", "x", "t")
  assert(ok and f)
  assert(f() == nil)
  local given, g = pcall(load, "leak = 1 return _ENV", "x", "t", {})
  if given and g then pcall(g) end
  assert(leak == nil)
end, { name = "hostile" })
