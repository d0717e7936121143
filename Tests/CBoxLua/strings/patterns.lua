-- find, match, gmatch and gsub against Lua's own, on random patterns, most of them sound, some malformed.
local random = math.random
math.randomseed(20260101)
local concat, pack = stock.table.concat, stock.table.pack
local char, format, sub = stock.string.char, stock.string.format, stock.string.sub

-- Exponential patterns are common among random ones: what takes ours longer than this is not asked of Lua at all.
local MOST_STEPS = 20000

local function one_of(list) return list[random(#list)] end

local letters = { "a", "a", "a", "b", "b", "c", "1", " ", "-", "]", "(", ")", "\0", "\xe9", "%", "^", "A", "_", "." }
local plain = { "a", "a", "b", "b", "c", "1", " ", "-", "]", "\0", "\xe9", "A", "_", "^", "$" }
local classes = { "a", "c", "d", "g", "l", "p", "s", "u", "w", "x", "z", "A", "D", "L", "P", "S", "U", "W", "X", "Z",
  "%", "]", ".", "q", "-", "(", "\0" }
local repetitions = { "", "", "", "", "*", "+", "-", "?" }

local function subject()
  local text = {}
  for i = 1, random(0, 24) do text[i] = one_of(letters) end
  return concat(text)
end

local function set()
  local parts = { "[", random(4) == 1 and "^" or "", random(10) == 1 and "]" or "" }
  for _ = 1, random(1, 3) do
    local kind = random(4)
    parts[#parts + 1] = kind == 1 and "%" .. one_of(classes) or kind == 2 and one_of(plain) .. "-" .. one_of(plain)
      or one_of(plain)
  end
  parts[#parts + 1] = random(25) == 1 and "" or "]"
  return concat(parts)
end

local items
local function item(depth)
  local kind = random(20)
  if kind <= 7 then return one_of(plain) .. one_of(repetitions) end
  if kind <= 9 then return "." .. one_of(repetitions) end
  if kind <= 11 then return "%" .. one_of(classes) .. one_of(repetitions) end
  if kind <= 14 then return set() .. one_of(repetitions) end
  if kind <= 16 and depth < 3 then return "(" .. items(depth + 1) .. ")" .. (random(12) == 1 and "*" or "") end
  if kind == 17 then return "()" end
  if kind == 18 then return "%" .. random(0, 3) end
  if kind == 19 then return one_of { "%b()", "%bab", "%baa", "%b\0a" } end
  return "%f" .. set()
end

function items(depth)
  local parts = {}
  for i = 1, random(0, 4) do parts[i] = item(depth) end
  return concat(parts)
end

local scraps = { "(", ")", "[", "]", "%", "^", "$", "*", "+", "-", "?", ".", "%b", "%f", "%1", "a", "b", "\0", "[^",
  "%f[" }
local function pattern()
  if random(4) == 1 then
    local parts = {}
    for i = 1, random(0, 7) do parts[i] = one_of(scraps) end
    return concat(parts)
  end
  local text = items(0)
  if random(5) == 1 then text = "^" .. text end
  if random(5) == 1 then text = text .. "$" end
  if random(25) == 1 then text = sub(text, 1, random(0, #text)) end
  return text
end

local function start()
  if random(3) > 1 then return nil end
  return one_of { random(-26, 26), random(1, 8), math.mininteger, math.maxinteger, 0, -1 }
end

local function replacement()
  local kind = random(10)
  if kind <= 5 then
    local parts = {}
    for i = 1, random(0, 3) do parts[i] = one_of { "x", "%0", "%1", "%2", "%%", "\0", "%0%1", "abc" } end
    if random(15) == 1 then parts[#parts + 1] = one_of { "%", "%a", "%9", "%\0" } end
    return concat(parts)
  end
  if kind == 6 then return random(100) end
  if kind == 7 then return { a = "<a>", b = false, [1] = 12, [2] = "two", c = {} } end
  if kind == 8 then
    return setmetatable({}, { __index = function(_, key) return key ~= "b" and "[" .. key .. "]" or nil end })
  end
  if kind == 9 then
    return function(...)
      local first = ...
      if first == "c" then return false end
      if first == "1" then return {} end
      return format("<%d:%s>", select("#", ...), first)
    end
  end
  return one_of { function() end, function() return 1.5 end, true }
end

local function all_of(gmatch, ...)
  local all = { n = 0 }
  for a, b, c, d in gmatch(...) do
    all.n = all.n + 1
    all[all.n] = concat({ tostring(a), tostring(b), tostring(c), tostring(d) }, "\1")
    if all.n == 60 then break end
  end
  return concat(all, "\2")
end

local function call(f, ...) return f(...) end
local function quoted(...)
  local parts = pack(...)
  for i = 1, parts.n do
    parts[i] = type(parts[i]) == "string" and format("%q", parts[i]) or tostring(parts[i])
  end
  return concat(parts, ", ")
end

local compared, skipped, raised = 0, 0, 0
local function compare(name, mine, theirs, ...)
  local a = pack(limited(MOST_STEPS, call, mine, ...))
  if a[1] then
    skipped = skipped + 1
    return
  end
  local b = pack(pcall(call, theirs, ...))
  compared = compared + 1
  if not b[1] then raised = raised + 1 end
  local is_same = a.n == b.n + 1
  for i = 1, b.n do
    is_same = is_same and rawequal(a[i + 1], b[i]) and math.type(a[i + 1]) == math.type(b[i])
  end
  check(is_same, is_same or format("%s(%s): %s instead of %s", name, quoted(...), quoted(stock.table.unpack(a, 2, a.n)),
    quoted(stock.table.unpack(b, 1, b.n))))
end

local function compare_all(text, form, from, most, with)
  compare("find", ours.string.find, stock.string.find, text, form, from)
  compare("match", ours.string.match, stock.string.match, text, form, from)
  compare("gsub", ours.string.gsub, stock.string.gsub, text, form, with, most)
  local function mine() return all_of(ours.string.gmatch, text, form, from) end
  local function theirs() return all_of(stock.string.gmatch, text, form, from) end
  compare("gmatch " .. form .. " of " .. text, mine, theirs)
end

for i = 1, count do
  local text, form = subject(), pattern()
  compare_all(text, form, start(), random(4) == 1 and random(-1, 4) or nil, replacement())
  if i % 4 == 0 then
    form = random(2) == 1 and sub(text, random(0, 8), random(3, 12)) or form
    compare("plain find", ours.string.find, stock.string.find, text, form, start(), true)
  end
end
-- A generator that only made trivial cases would prove nothing.
check(compared > 3 * count and skipped < count / 5, format("compared %d, skipped %d", compared, skipped))
check(raised > count / 5 and raised < compared / 2, format("%d of %d raised", raised, compared))

-- Every byte against every class and against ranges.
for byte = 0, 255 do
  local text = char(byte)
  for letter = 0, 255 do compare("find", ours.string.find, stock.string.find, text, "%" .. char(letter), 1, false) end
  for _, form in ipairs { "[\128-\255]", "[^\0-a]", "[%s-]", "[a-]", "[]-a]", "[%a-z]", "[+--]", "%f[%w]", "%f[\0]" } do
    compare_all(text .. "a", form, nil, nil, "<%0>")
  end
end

-- The limits: depth, captures, and where each of them strikes.
local rep = stock.string.rep
for n = 0, 220 do
  for _, unit in ipairs { "a?", "a*", "b*", "b?", "a-", "a", "()", "a+", "(a)", "(a", "a)" } do
    compare_all(rep("a", 230), rep(unit, n), nil, 2, "%1")
  end
end
for _, form in ipairs {
  "", "^", "^^", "$", "$$", "^$", "%", "%%", "[", "[]", "[^]", "[^", "[%", "[%]", "[a-%]", "[a-%%]", "%b", "%bx",
  "%bxy", "%f", "%fa", "%f[", "%f[a", "(", ")", "()", "(()", "%1", "(%1)", "()%1", "(a)%2", "%0", "*", "**", "a**",
  "-", "?", "+", "^*", "(^a)", "a$b", "(a$)", "\0", "[\0]", "[^\0]*", "%z", "%Z",
} do
  for _, text in ipairs { "", "a", "aa", "ab]", "a\0b", "^a$b", "xay" } do
    for from = -4, 5 do compare_all(text, form, from, nil, "[%0]") end
  end
end
-- Numbers stand for strings; other things do not.
for _, args in ipairs {
  { 1234, 23 }, { 12.5, "%." }, { {}, "a" }, { "a" }, {}, { "a", {} }, { "a", "a", {} }, { "a", "a", "x" },
  { "a", "a", 1.5 },
} do
  for _, name in ipairs { "find", "match", "gmatch", "gsub", "rep" } do
    -- What gmatch returns is a function of its own each time: only its type can be the same.
    local function type_of(f, ...) return type(f(...)) end
    compare(name, function(...) return type_of(ours.string[name], ...) end,
      function(...) return type_of(stock.string[name], ...) end, stock.table.unpack(args))
  end
end
