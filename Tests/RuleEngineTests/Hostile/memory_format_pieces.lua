-- expect: memory
-- One `format` of many long arguments.
box.on("*", function(event)
  local long = ("x"):rep(1 << 22)
  local _ = ("%s"):rep(40):format(table.unpack((function()
    local t = {}
    for i = 1, 40 do t[i] = long end
    return t
  end)()))
end, { name = "hostile" })
