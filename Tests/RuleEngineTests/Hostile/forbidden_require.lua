-- expect: ok
-- `require` reads below the rules folder only.
box.on("*", function(event)
  for _, name in ipairs {
    "io", "os", "debug", "ffi", "../x", "/etc/passwd", "lib/../../x", "lib...x", "", "lib.a\0b", "lib.none",
  } do
    local ok, value = pcall(require, name)
    assert(not ok or value == os or value == debug, name)
  end
end, { name = "hostile" })
