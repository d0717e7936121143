-- What would run for hours: each must end by its steps, raised as an error and as a coroutine that is left for good.
local string, table = ours.string, ours.table
local rep = stock.string.rep
local MOST_STEPS = 20000
local far = 1000000000000

local function length_of(length, index)
  return setmetatable({}, { __len = function() return length end, __index = index, __newindex = function() end })
end
local function always(value) return function() return value end end
local function ten_thousand()
  local list = {}
  for i = 1, 10000 do list[i] = (i * 7919) % 10007 end
  return list
end

local as = rep("a", 200000)
local big_set = "[" .. rep("b", 200000) .. "]"
local hostile = {
  ["nested repetitions"] = function() string.find(rep("a", 40), rep("a*", 20) .. "b") end,
  ["nested lazy repetitions"] = function() string.match(rep("a", 40), rep(".-", 20) .. "b") end,
  ["nested options"] = function() string.find(rep("a", 40), rep("a?", 40) .. rep("a", 40) .. "b") end,
  ["captures in gmatch"] = function() for _ in string.gmatch(rep("a", 40), rep("(a*)", 20) .. "b") do end end,
  ["repetitions in gsub"] = function() string.gsub(rep("a", 40), rep("a*", 20) .. "b", "") end,
  ["a quadratic search"] = function() string.find(as, ".-b") end,
  ["a quadratic anchored search"] = function() string.find(as, "^a*.-b") end,
  ["a long run"] = function() string.find(as, "a*") end,
  ["a long lazy run"] = function() string.find(as, "^.-$") end,
  ["balances that never close"] = function() string.find(rep("(", 200000), "%b()") end,
  ["back references"] = function() string.find(as, "(a+)%1b") end,
  ["a huge set"] = function() string.find(as, big_set) end,
  ["a huge set that is optional"] = function() string.gsub(as, big_set .. "?c", "") end,
  ["a huge frontier"] = function() string.find(as, "%f" .. big_set) end,
  ["a set that never closes"] = function() string.find(as, "[" .. rep("b", 200000)) end,
  ["empty matches"] = function() string.gsub(as, "", "") end,
  ["empty captures in a long template"] = function() string.gsub(as, "(b*)", rep("%1", 100000)) end,
  ["gsub with a table"] = function() string.gsub(as, ".", {}) end,
  ["gsub with a function"] = function() string.gsub(as, ".", function() end) end,
  ["a search inside a callback"] = function()
    string.gsub("a", "a", function() string.find(rep("a", 40), rep("a*", 20) .. "b") end)
  end,
  ["a callback that catches its end"] = function()
    string.gsub("aaa", "a", function() pcall(string.find, rep("a", 40), rep("a*", 20) .. "b") end)
  end,
  ["an order that catches its end"] = function()
    table.sort({ 1, 2, 3 }, function(a, b)
      pcall(string.find, rep("a", 40), rep("a*", 20) .. "b")
      return a < b
    end)
  end,
  ["plain near matches"] = function() string.find(as, rep("a", 1000) .. "b", 1, true) end,
  ["plain near matches without asking"] = function() string.find(as, rep("a", 1000) .. "b") end,
  ["plain near matches of one byte"] = function() string.find(as, "ab") end,

  ["insert"] = function() table.insert(length_of(far), 1, "x") end,
  ["insert into what reads as empty"] = function() table.insert(length_of(far, always("")), 5, "x") end,
  ["remove"] = function() table.remove(length_of(far), 1) end,
  ["concat"] = function() table.concat(length_of(far, always(""))) end,
  ["concat with an end"] = function() table.concat(setmetatable({}, { __index = always("") }), "", 1, far) end,
  ["concat of nothing from the lowest"] = function()
    table.concat(setmetatable({}, { __index = always("") }), "", math.mininteger, math.maxinteger)
  end,
  ["unpack"] = function() return table.unpack(length_of(500000, always(1))) end,
  ["move"] = function() table.move({}, 1, far, 2) end,
  ["move within"] = function() table.move({}, 1, math.maxinteger - 1, 1) end,
  ["move to another"] = function() table.move({}, 1, far, 1, length_of(0)) end,
  ["sort by length"] = function() table.sort(length_of((1 << 31) - 2, always(1))) end,
  ["sort"] = function() table.sort(ten_thousand()) end,
  ["sort by pcall"] = function() table.sort(length_of((1 << 31) - 2, always(error)), pcall) end,
  ["sort by an order that lies"] = function() table.sort(length_of(1 << 30, always(1)), always(false)) end,
  ["sort of long strings"] = function()
    local list = {}
    for i = 1, 5000 do list[i] = rep("a", 1000) .. i end
    table.sort(list)
  end,
}
for name, run in pairs(hostile) do
  local is_spent, is_fine, message = limited(MOST_STEPS, run)
  check(is_spent, name .. " was not ended: " .. tostring(message))
  check(not is_fine and string.find(tostring(message), "out of CPU time", 1, true), name .. ": " .. tostring(message))
  check(abandoned(MOST_STEPS, run), name .. " was not left")
end

-- What looks like one of those and costs nothing.
local harmless = {
  ["rep of nothing"] = function() return string.rep("", math.maxinteger) end,
  ["rep of much"] = function() return string.rep("ab", 5000000) end,
  ["rep of too much"] = function() return pcall(string.rep, "ab", far) end,
  ["unpack of too much"] = function() return pcall(table.unpack, {}, 1, far) end,
  ["sort of too much"] = function() return pcall(table.sort, length_of(far)) end,
  ["insert at the end"] = function() table.insert(length_of(far), "x") end,
  ["remove at the end"] = function() table.remove(length_of(far)) end,
  ["an anchored miss"] = function() return string.find(as, "^b") end,
  ["a plain miss"] = function() return string.find(as, "b", 1, true) end,
  ["a start beyond the end"] = function() return string.find(as, rep("a*", 20) .. "b", far) end,
}
for name, run in pairs(harmless) do
  local is_spent, is_fine, message = limited(100, run)
  check(not is_spent and is_fine, name .. ": " .. tostring(message))
end
