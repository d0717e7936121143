-- expect: ok
-- Patterns that end too early must not be read beyond their end.
box.on("*", function(event)
  for _, pattern in ipairs {
    "[a", "[^", "[]", "[%", "%", "%b", "%bx", "%f", "%fa", "(a", "a)", "%9", "(%1)", "[a-", "[a-%",
  } do
    pcall(string.find, "aaa", pattern)
    pcall(string.match, "", pattern)
    pcall(string.gsub, "aaa", pattern, "%1%2%9")
  end
  assert(not pcall(string.gsub, "a", "a", "%"))
  assert(not pcall(string.gsub, "a", "a", "%2"))
end, { name = "hostile" })
