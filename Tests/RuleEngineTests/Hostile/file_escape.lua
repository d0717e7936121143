-- expect: ok
-- No path leaves the output directory.
box.on("*", function(event)
  for _, path in ipairs {
    "../x", "/etc/passwd", "a/../../x", "a\0b", "..", "/", "a//../../x", "./../x", "a/b/../../../x",
  } do
    for _, name in ipairs { "append", "write", "jsonl", "csv" } do
      local value = (name == "csv" or name == "jsonl") and { "x" } or "x"
      assert(not pcall(box.file[name], path, value), name .. " " .. path)
    end
  end
end, { name = "hostile" })
