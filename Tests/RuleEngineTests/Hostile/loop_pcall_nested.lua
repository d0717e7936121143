-- expect: time
-- A hundred protected calls around the loop, each of which would start it again.
box.on("*", function(event)
  local function nest(depth)
    if depth == 0 then while true do end end
    while true do pcall(nest, depth - 1) end
  end
  nest(100)
end, { name = "hostile" })
