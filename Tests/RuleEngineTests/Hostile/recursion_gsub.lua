-- expect: error stack overflow
-- Recursion through C: C's own stack must not overflow.
box.on("*", function(event)
  local function down() return (("x"):gsub(".", down)) end
  down()
end, { name = "hostile" })
