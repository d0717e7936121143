-- expect: time
-- Compiling is work too.
box.on("*", function(event)
  local text = "return {" .. ("1,"):rep(100000) .. "}"
  while true do load(text) end
end, { name = "hostile" })
