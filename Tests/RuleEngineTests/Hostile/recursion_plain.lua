-- expect: memory
-- Recursion that is no tail call.
box.on("*", function(event)
  local function down() return 1 + down() end
  down()
end, { name = "hostile" })
