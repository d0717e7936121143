-- expect: ok
-- The guards in front of the libraries are not for scripts.
box.on("*", function(event)
  for _, library in ipairs { string, table, math, box, box.kv } do
    local meta = getmetatable(library)
    if type(meta) == "table" then
      pcall(function() meta.__newindex = nil end)
      pcall(function() meta.__index = nil end)
      pcall(rawset, meta, "__newindex", nil)
    end
    pcall(setmetatable, library, nil)
    assert(not pcall(function() library.owned = true end))
  end
  assert(string.format("%d", 1) == "1" and type(box.alert) == "function")
end, { name = "hostile" })
