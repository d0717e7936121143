-- expect: time
-- Overflow after overflow, each caught.
box.on("*", function(event)
  local function down() return 1 + down() end
  while true do pcall(down) end
end, { name = "hostile" })
