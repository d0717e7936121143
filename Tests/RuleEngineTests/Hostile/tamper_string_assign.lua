-- expect: ok
-- The shared libraries cannot be written to.
box.on("*", function(event)
  for _, library in ipairs { string, table, math, utf8, os, box, box.kv, box.json, box.file, box.time, box.log } do
    assert(not pcall(function() library.owned = true end))
    assert(library.owned == nil)
  end
  assert(not pcall(function() string.format = function() return "owned" end end))
  assert(string.format("%d", 1) == "1")
end, { name = "hostile" })
