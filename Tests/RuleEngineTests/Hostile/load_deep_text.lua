-- expect: ok
-- Deeply nested text must not overflow the compiler's stack.
box.on("*", function(event)
  for _, open in ipairs { "(", "{", "function() return ", "not ", "- ", "a.b[" } do
    assert(load("return " .. open:rep(30000)) == nil)
  end
end, { name = "hostile" })
