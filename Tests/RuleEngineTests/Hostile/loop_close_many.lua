-- expect: time
-- Closing handlers that loop, each protected.
box.on("*", function(event)
  local function guard()
    return setmetatable({}, { __close = function() while true do pcall(error) end end })
  end
  while true do
    pcall(function()
      local _ <close> = guard()
      local _ <close> = guard()
      error "x"
    end)
  end
end, { name = "hostile" })
