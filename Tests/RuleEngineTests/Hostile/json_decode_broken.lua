-- expect: ok
-- Broken texts are answered with nil and a message, never with a crash.
box.on("*", function(event)
  for _, text in ipairs {
    "", " ", "{", '{"a"', '{"a":', "[1,", "[1,]", '"', '"\\', '"\\u', '"\\uD8', "-", "1e", "01", "nul",
    "tru", "\0", "\xff", '"\xff"', "1e400", "[1]x", "\u{FEFF}1", "'a'", "NaN", "[1 2]", '{"a":1,}', '"\t"',
  } do
    local value, message = box.json.decode(text)
    assert(value == nil and type(message) == "string", text)
  end
end, { name = "hostile" })
