-- expect: ok
-- Being refused memory is an error like any other; what was made is freed.
box.on("*", function(event)
  for _ = 1, 3 do
    local ok = pcall(string.rep, "x", 1 << 40)
    assert(not ok)
  end
  local t = ("x"):rep(1 << 20)
  assert(#t == 1 << 20)
end, { name = "hostile" })
