-- expect: ok
-- Every function of the base library with wrong arguments raises and does nothing else.
box.on("*", function(event)
  local functions = {
    error, ipairs, next, pairs, select, tonumber, rawequal, rawlen, rawget, rawset, getmetatable, setmetatable, load,
    require,
    box.on, box.rule, box.every, box.after, box.cron, box.alert, box.webhook, box.exec, box.window, box.once, box.list,
    box.sleep, box.kv.set, box.kv.incr, box.file.append, box.file.csv, box.file.jsonl, box.file.write, box.api.get,
    box.http.get,
  }
  for _, f in ipairs(functions) do
    pcall(f)
    pcall(f, {}, {}, {})
    pcall(f, 0 / 0, -1, math.huge)
    pcall(f, print, print, print)
  end
end, { name = "hostile" })
