-- expect: error deep
-- The traceback of a deep stack is cut.
box.on("*", function(event)
  local function down(depth)
    if depth == 0 then error "deep" end
    down(depth - 1)
    return nil
  end
  down(10000)
end, { name = "hostile" })
