-- expect: error stack overflow
-- Recursion through a sort's comparison.
box.on("*", function(event)
  local function down()
    table.sort({ 2, 1 }, function() return down() end)
  end
  down()
end, { name = "hostile" })
