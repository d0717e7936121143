-- expect: ok
-- A closing handler that raises while an error unwinds.
box.on("*", function(event)
  local ok = pcall(function()
    local _ <close> = setmetatable({}, { __close = function() error "second" end })
    error "first"
  end)
  assert(not ok)
end, { name = "hostile" })
