-- expect: ok
-- Encoding calls no metamethods of the script.
box.on("*", function(event)
  local trap = function() error "called" end
  local t = setmetatable({ 1 }, { __index = trap, __len = trap, __pairs = trap, __tostring = trap, __name = 1 })
  assert(box.json.encode(t) == "[1]")
end, { name = "hostile" })
