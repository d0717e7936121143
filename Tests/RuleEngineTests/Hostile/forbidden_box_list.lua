-- expect: ok
-- So does `box.list`.
box.on("*", function(event)
  for _, name in ipairs { "../../etc/passwd", "/etc/passwd", "a/../../x", "vip\0.txt" } do
    local ok, list = pcall(box.list, name)
    assert(not ok or next(list) == nil, name)
  end
end, { name = "hostile" })
