-- Ends one piece of work at each of its steps and at each of its allocations: nothing leaks, nothing is left half done
-- in the libraries, and the same work still succeeds afterwards.
local string, table = ours.string, ours.table

local function work()
  local text = string.rep("key=value; ", 6, "\n")
  local seen = {}
  for key, value in string.gmatch(text, "(%w+)=(%w+)") do table.insert(seen, 1, key .. value) end
  local changed, times = string.gsub(text, "%f[%w](%w-)=([^;]*)", "%2=%1 %0")
  changed = string.gsub(changed, "%w+", { key = "k", value = "v" })
  changed = string.gsub(changed, "()(%b=k)", function(place, word) return place .. word end)
  local first, last, letter = string.find(text, "(%l)=v.-(%1)")
  local long = string.gsub(string.rep("x", 900), "x", "%0%0")
  table.sort(seen)
  table.sort(seen, function(a, b) return a > b end)
  table.move(seen, 1, 3, 2)
  table.remove(seen, 1)
  seen = table.pack(table.unpack(seen))
  return table.concat({ table.concat(seen, string.rep("-", 600)), changed, times, first, last, letter, #long,
    string.match(text, "^(.-)="), string.find(text, "value;", 1, true) }, "|")
end

local expected = work()
local steps = 0
while true do
  local is_spent, is_fine, result = limited(steps, work)
  if not is_spent then
    check(is_fine and result == expected, "the work, unharmed")
    break
  end
  if not abandoned(steps, work) then check(false, "left at step " .. steps) end
  steps = steps + 1
end
check(steps > 1000, "the work took " .. steps .. " steps")
check(limited(steps - 1, work) and not limited(steps, work), "the last step")

local allocations = 1
while not starved(allocations, work) do allocations = allocations + 1 end
check(allocations > 50, "the work took " .. allocations .. " allocations")
check(work() == expected, "the work afterwards")
