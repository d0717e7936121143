-- expect: ok
-- `_ENV` is the script's own business.
box.on("*", function(event)
  local assert = assert
  do
    local _ENV = {}
    x = 1
    assert(x == 1)
  end
  assert(x == nil)
end, { name = "hostile" })
