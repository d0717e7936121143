-- `table` against Lua's own: on plain tables, and on proxies that write down every metamethod call.
local random = math.random
math.randomseed(20260102)
local concat, pack, unpack = stock.table.concat, stock.table.pack, stock.table.unpack
local format = stock.string.format

local function one_of(list) return list[random(#list)] end
local function call(f, ...) return f(...) end

-- A proxy in front of `content`: a table or a userdata, whose every access goes to `log`.
local function proxy(content, log, kind, length)
  local function write(...) log[#log + 1] = concat({ ... }, " ") end
  local meta = {
    __index = function(_, key)
      write("get", tostring(key))
      return content[key]
    end,
    __newindex = function(_, key, value)
      write("set", tostring(key), tostring(value))
      content[key] = value
    end,
    __len = function()
      write("length")
      if length ~= nil then return length end
      return #content
    end,
    __eq = function()
      write("equal")
      return true
    end,
    __lt = function() return true end,
  }
  if kind == "lacking" then meta[one_of { "__index", "__newindex", "__len" }] = nil end
  if kind == "table" then return setmetatable({}, meta) end
  return userdata(meta)
end

local function content()
  local made = {}
  for i = 1, random(0, 9) do made[i] = one_of { 1, 2.5, "x", "yy", i, -i, 10 * i } end
  if random(20) == 1 then made[random(1, 9)] = one_of { true, {}, print } end
  return made
end

local function place()
  if random(6) > 1 then return random(-3, 12) end
  return one_of { math.mininteger, math.maxinteger, 0, 2.0, 2.5, "3", "x" }
end
local function maybe(value) return random(2) == 1 and value or nil end
local function no_value() return nil end

-- Builds the arguments anew for each side, so that neither sees what the other changed.
local function made(plan, log)
  local tables = {}
  for i = 1, 2 do
    local copy = {}
    for key, value in pairs(plan.contents[i]) do copy[key] = value end
    tables[i] = { copy, plan.kinds[i] == "plain" and copy or proxy(copy, log, plan.kinds[i], plan.length) }
  end
  local arguments = { n = plan.arguments.n }
  for i = 1, plan.arguments.n do
    local argument = plan.arguments[i]
    if argument == "first" then argument = tables[1][2] elseif argument == "second" then argument = tables[2][2] end
    arguments[i] = argument
  end
  return tables, arguments
end

local function shown(value)
  if type(value) ~= "table" then return type(value) .. ":" .. tostring(value) end
  local parts = {}
  for i = -4, 24 do parts[#parts + 1] = tostring(value[i]) end
  return concat(parts, ",") .. tostring(rawget(value, "n"))
end

local function outcome(library, name, plan)
  local log = {}
  math.randomseed(plan.seed)
  local tables, arguments = made(plan, log)
  local result = pack(pcall(call, library[name], unpack(arguments, 1, arguments.n)))
  local parts = { "log: " .. concat(log, "; ") }
  for i = 1, result.n do
    local value = result[i]
    for j = 1, 2 do
      if rawequal(value, tables[j][2]) then value = "argument " .. j end
    end
    parts[#parts + 1] = shown(value)
  end
  for j = 1, 2 do parts[#parts + 1] = shown(tables[j][1]) end
  local text = concat(parts, " | ")
  return (ours.string.gsub(text, "0x%x+", "address"))
end

local function compare(name, plan)
  local mine, theirs = outcome(ours.table, name, plan), outcome(stock.table, name, plan)
  check(mine == theirs, mine == theirs or format("%s: %s\n  instead of %s", name, mine, theirs))
end

local function ordered(a, b) return tostring(a) < tostring(b) end
local arguments = {
  concat = function() return "first", one_of { ",", "", 7, no_value(), {} }, maybe(place()), maybe(place()) end,
  insert = function()
    if random(3) == 1 then return "first", "new" end
    if random(10) == 1 then return "first", 1, 2, 3 end
    return "first", place(), "new"
  end,
  remove = function()
    if random(3) == 1 then return "first" end
    return "first", place()
  end,
  move = function()
    return "first", place(), random(-3, 14), place(), one_of { no_value(), "second", "first", 5 }
  end,
  pack = function() return "first", nil, 3, one_of { no_value(), "x" } end,
  unpack = function() return "first", maybe(place()), maybe(random(-3, 12)) end,
  sort = function()
    return "first", one_of { no_value(), no_value(), ordered, function(a, b) return a > b end, "x" }
  end,
}
local names = { "concat", "insert", "move", "pack", "remove", "sort", "unpack" }
local kinds = { "plain", "plain", "table", "userdata", "lacking" }

-- Whether the arguments ask for more elements than a test should copy. In floats: the difference may overflow.
local function is_endless(name, given)
  local where = ({ concat = 3, move = 2, unpack = 2 })[name]
  if not where then return false end
  local first, last = tonumber(given[where]) or 1, tonumber(given[where + 1]) or 10
  return last + 0.0 - first > 100
end

local most = count // 4
for _ = 1, most do
  local name = one_of(names)
  local given = pack(arguments[name]())
  if not is_endless(name, given) then
    compare(name, {
      arguments = given, contents = { content(), content() }, kinds = { one_of(kinds), one_of(kinds) },
      length = random(12) == 1 and one_of { -5, 0, 3, "x", 2.0, "4", math.mininteger } or nil,
      seed = random(1 << 30),
    })
    math.randomseed(random(1 << 30))
  end
end
for _, name in ipairs(names) do
  for _, given in ipairs {
    { n = 0 }, { n = 1, "x" }, { n = 1 }, { n = 2, "first", {} }, { n = 4, "first", 1, 1, "x" },
  } do
    compare(name, { arguments = given, contents = { { 3, 1, 2 }, {} }, kinds = { "plain", "plain" }, seed = 1 })
  end
end
local far = math.maxinteger
for _, given in ipairs { { "first", far - 2, far }, { "first", 1, 1000000 }, { "first", 1, 1 << 40 }, { "first", far },
  { "first", math.mininteger, far }, { "first", math.mininteger, math.mininteger + 1 } } do
  given.n = #given
  compare("unpack", { arguments = given, contents = { { 3, 1, 2 }, {} }, kinds = { "plain", "plain" }, seed = 1 })
end

-- ---- sort: every comparison in the same order ----------------------------------------------------------------------

-- Sorts `list` with a comparison made by `make`, which gets a log. Returns all that a script can see of it.
local function sorted(sort, list, make)
  local log, copy = {}, { unpack(list) }
  local is_fine, message = pcall(call, sort, copy, make and make(log))
  for i = 1, #copy do copy[i] = tostring(copy[i]) end
  return concat({ tostring(is_fine), tostring(message), concat(copy, ","), concat(log) }, " | ")
end

local function logging(is_before)
  return function(log)
    return function(a, b)
      log[#log + 1] = "(" .. tostring(a) .. "," .. tostring(b) .. ")"
      return is_before(a, b, #log)
    end
  end
end

local orders = {
  logging(function(a, b) return a < b end),
  logging(function(a, b) return a > b end),
  logging(function(a, b) return a // 10 < b // 10 end),
  -- None of these is an order.
  logging(function() return true end),
  logging(function(a, b) return a <= b end),
  logging(function(a, b, n) return (n * 7919 + a * 31 + b) % 13 < 6 end),
  logging(function(_, _, n) return n % 3 == 0 end),
  logging(function(a, b, n) return n > 20 and error("enough") or a < b end),
}

local function compare_sorts(list, order)
  local mine, theirs = sorted(ours.table.sort, list, order), sorted(stock.table.sort, list, order)
  check(mine == theirs, mine == theirs or format("sort of %d: %s\n  instead of %s", #list, mine, theirs))
end

for i = 1, most // 8 do
  local list, size, greatest = {}, i % 40 == 0 and random(101, 600) or random(0, 100), one_of { 2, 20, 1000 }
  for j = 1, size do list[j] = random(greatest) end
  compare_sorts(list, size > 100 and one_of { orders[1], orders[2] } or one_of(orders))
  compare_sorts(list)
  for j = 1, size do list[j] = stock.string.rep(one_of { "a", "b\0", "" }, random(0, 3)) .. list[j] end
  compare_sorts(list)
  if size > 0 then list[random(size)] = one_of { {}, true, 5 } end
  compare_sorts(list)
end

-- Lopsided partitions: an array made against the median of three. The order of equal elements is the same every time.
local function lopsided()
  local keys, size = {}, 4000
  for i = 1, size do keys[i] = { i <= 8 and 2 * i or i % 2 == 0 and i or 1 } end
  ours.table.sort(keys, function(a, b) return a[1] < b[1] end)
  for i = 2, size do check(keys[i - 1][1] <= keys[i][1], "lopsided sort") end
end
lopsided()
