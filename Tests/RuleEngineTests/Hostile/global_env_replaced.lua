-- expect: ok
-- Even without globals, the handler is the script's own.
box.on("*", function(event)
  local keep = _ENV
  _ENV = {}
  _ENV = keep
  assert(box ~= nil)
end, { name = "hostile" })
