-- expect: ok
-- Reading stays inside, too.
box.on("*", function(event)
  for _, path in ipairs { "../x", "/etc/passwd", "a/../../x", "a\0b", "../../../../etc/passwd" } do
    local ok, text = pcall(box.file.read, path)
    assert(not ok or text == nil, path)
  end
end, { name = "hostile" })
