-- expect: time
-- So do greedy ones, in `gsub`.
box.on("*", function(event)
  local name = ("a"):rep(255)
  while true do name:gsub((".*"):rep(10) .. "x", "") end
end, { name = "hostile" })
