/// What a prompt's state has beyond a rule file's: values as readable text, `_`, and a `print` that is output, not log.
enum ConsolePrelude {
  static let text = #"""
    local host, box = ...
    local type, tostring, select, pcall, rawget, rawset = type, tostring, select, pcall, rawget, rawset
    local getmetatable, pairs, ipairs, next = getmetatable, pairs, ipairs, next
    local concat, sort = table.concat, table.sort
    local inspect, encode, event_text = box.inspect, box.json.encode, host.event_text
    local globals = _G

    function print(...)
      local parts = {}
      for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
      host.console("print", concat(parts, "\t"))
    end

    -- The objects of the box module are sealed tables, which inspect would show empty.
    local function kind_of(value)
      if event_text(value) then return "event" end
      if type(value) == "table" and getmetatable(value) == false then
        return tostring(value):match("^%a+") or "table"
      end
      return type(value)
    end

    -- Events, a line each. A person sees their numbers, and how to see more.
    local function line_of(i, event)
      -- Who followed an open link has a name and an empty login.
      local who = event.actor.login
      if who == nil or who == "" then who = event.actor.name or "-" end
      local id = tostring(event.event_id or "-"):sub(1, 10)
      return i .. "  " .. id .. "  " .. tostring(event.created_at or "-") .. "  " .. tostring(event.event_type)
        .. "  " .. tostring(who) .. "  " .. tostring(event.item.name or "")
    end
    local function lines_of(mode, events, more)
      local lines = {}
      for i, event in ipairs(events) do lines[i] = mode == "text" and tostring(event) or line_of(i, event) end
      if mode ~= "text" then lines[#lines + 1] = more end
      return concat(lines, "\n")
    end

    -- What is in a library, which is read-only and shows nothing to inspect.
    local function names_of(library)
      local names = {}
      for name in pairs(library) do names[#names + 1] = tostring(name) end
      sort(names)
      return "{ " .. concat(names, ", ") .. " }"
    end

    local function json_of(value)
      local is_json, text = pcall(function() return event_text(value) or encode(value, { pretty = true }) end)
      return is_json and text or nil
    end

    local function show(mode, value)
      local kind = kind_of(value)
      if kind == "string" and mode == "text" then return kind, value end
      local json = mode == "json" and value ~= nil and json_of(value)
      if json then return kind, json end
      if kind == "events" then
        if mode == "text" then return kind, lines_of(mode, value:all()) end
        local events = value:take(20)
        return kind, lines_of(mode, events, #events == 20 and "… `_` shows the next ones" or nil)
      end
      if kind == "table" and event_text(rawget(value, 1)) then
        return "events", lines_of(mode, value, "`_[1]` shows the first")
      end
      if kind == "table" and getmetatable(value) == false then
        local is_library, names = pcall(names_of, value)
        if is_library then return kind, names end
      end
      if kind == "window" or kind == "list" then return kind, "<" .. kind .. ">" end
      return kind, inspect(value)
    end

    local function finish(mode, ...)
      local count = select("#", ...)
      if count > 0 then rawset(globals, "_", (...)) end
      local shown = {}
      for i = 1, count do
        shown[i * 2 - 1], shown[i * 2] = show(mode, (select(i, ...)))
      end
      return shown
    end

    host.console("show", function(run, mode) return finish(mode, run()) end)

    host.console("names", function()
      local names = {}
      for name, value in next, globals do
        if type(name) == "string" then
          names[#names + 1] = name
          if kind_of(value) == "table" and name ~= "_G" and name ~= "box" then
            pcall(function()
              for key in pairs(value) do
                if #names >= 5000 then break end
                if type(key) == "string" then names[#names + 1] = name .. "." .. key end
              end
            end)
          end
        end
      end
      return names
    end)
    """#
}
