-- expect: time
-- Every level is protected and starts again when the one below it overflows.
box.on("*", function(event)
  local function down()
    pcall(down)
    return down()
  end
  down()
end, { name = "hostile" })
