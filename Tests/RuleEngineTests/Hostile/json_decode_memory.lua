-- expect: memory
-- A million tables in a text of four megabytes.
box.on("*", function(event)
  local text = "[" .. ('{"a":[]},'):rep(1 << 19) .. "0]"
  local _ = box.json.decode(text)
end, { name = "hostile" })
