-- expect: ok
-- What `require` gives is the same module, no writable copy.
box.on("*", function(event)
  assert(rawequal(require "box", box))
  assert(not pcall(function() require "box".owned = true end))
end, { name = "hostile" })
