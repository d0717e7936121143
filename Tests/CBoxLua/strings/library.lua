-- What is there, what is not, and the strings' metatable.
local string, table = ours.string, ours.table

local function throws(text, f, ...)
  local ok, message = pcall(f, ...)
  check(not ok and string.find(message, text, 1, true), "expected '" .. text .. "', got " .. tostring(message))
end

for name in pairs(stock.string) do
  check((string[name] ~= nil) == (name ~= "dump"), "string." .. name)
end
for name in pairs(string) do check(stock.string[name] ~= nil, "string." .. name .. " is too much") end
for name in pairs(stock.table) do check(table[name] ~= nil, "table." .. name) end
for name in pairs(table) do check(stock.table[name] ~= nil, "table." .. name .. " is too much") end

check(getmetatable("").__index == string, "the strings' __index")
check("10" + 1 == 11 and "0x10" * "2" == 32 and -"2" == -2, "arithmetic of strings")
check(math.type("10" // 3) == "integer" and math.type("10" / 5) == "float", "the types of arithmetic")
throws("attempt to add a 'string' with a 'number'", function() return "a" + 1 end)
check(("%s=%5.1f"):format("x", 2) == "x=  2.0", "format")
throws("invalid conversion", string.format, "%99999d", 1)
check(string.unpack("<i4", string.pack("<i4", -7)) == -7 and string.packsize("<i4i8") == 12, "pack")
check(("héllo"):upper():lower():reverse():len() == 6 and ("abc"):sub(-2) == "bc", "Lua's own methods")
check(("abc"):byte(2) == 98 and string.char(97, 98) == "ab", "byte and char")

check(string.rep("ab", 3) == "ababab" and string.rep("ab", 3, "-") == "ab-ab-ab", "rep")
check(string.rep("", 3, "-") == "--" and string.rep("ab", 1, "-") == "ab", "short rep")
check(string.rep("ab", 0, "-") == "", "rep by 0")
check(string.rep("ab", -1) == "" and string.rep("", math.maxinteger) == "", "rep of nothing")
check(string.rep("", math.maxinteger, "") == "", "rep of nothing with nothing between")
check(#string.rep("xyz", 100001, ", ") == 500003, "the length of rep")
throws("resulting string too large", string.rep, "ab", math.maxinteger)
throws("resulting string too large", string.rep, "", math.maxinteger, "ab")
throws("not enough memory", string.rep, "x", 1 << 40)
for _ = 1, 2000 do
  local text = string.rep("abc", math.random(0, 3)):sub(1, math.random(0, 7))
  local n, between = math.random(-1, 40), ("<->"):sub(1, math.random(0, 3))
  check(string.rep(text, n, between) == stock.string.rep(text, n, between), "rep of " .. text .. " by " .. n)
end
