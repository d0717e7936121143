-- expect: time
-- A length of 1e12 to be moved by one.
box.on("*", function(event)
  local t = setmetatable({}, { __len = function() return 1000000000000 end })
  table.insert(t, 1, "x")
end, { name = "hostile" })
