/// The part of the `box` module that is Lua: objects with methods and thin wraps that turn values into JSON. It runs once
/// in every state, before the libraries are sealed, and sees the table `host` that scripts never see.
enum Prelude {
  static let text = #"""
    local host, box = ...
    local fail, encode, decode = host.fail, box.json.encode, box.json.decode
    local type, tostring, select, format, concat = type, tostring, select, string.format, table.concat
    local setmetatable, pairs, ipairs, rawget, rawset = setmetatable, pairs, ipairs, rawget, rawset
    local event_text, encode_decoded = host.event_text, host.encode_decoded

    box.version = host.version

    local function expect(value, kinds, number, name)
      local kind = type(value)
      for wanted in kinds:gmatch("%a+") do if kind == wanted then return end end
      fail(format("bad argument #%d to '%s' (%s expected, got %s)", number, name, kinds:gsub(" ", " or "), kind == "nil" and "nothing" or kind))
    end

    local function json_text(value, name)
      return event_text(value) or encode(value, nil, name)
    end

    -- log, print
    local function logger(level)
      return function(text, ...)
        if select("#", ...) > 0 then
          expect(text, "string", 1, "box.log." .. level)
          local formatted, line = pcall(format, text, ...)
          if not formatted then fail((line:gsub("^.-:%d+: ", ""):gsub("'[%a.]*format'", "'box.log." .. level .. "'"))) end
          host.log(level, line)
        else
          host.log(level, tostring(text))
        end
      end
    end
    box.log = { debug = logger "debug", info = logger "info", warn = logger "warn", error = logger "error" }
    function print(...)
      local parts = {}
      for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
      host.log("info", concat(parts, "\t"))
    end

    -- alerts
    function box.alert(alert, more)
      if more ~= nil then fail("box.alert takes a title, or one table { title = …, severity = … }") end
      if type(alert) == "string" then alert = { title = alert } end
      expect(alert, "string table", 1, "box.alert")
      if event_text(alert) then fail("box.alert takes a title or a table { title = … }, not an event") end
      local copy = {}
      for key, value in pairs(alert) do copy[key] = value end
      if copy.context ~= nil then
        expect(copy.context, "table", 1, "box.alert context")
        copy.context = json_text(copy.context)
      end
      host.alert(copy)
    end

    -- files
    box.file = {}
    function box.file.append(path, text, options) host.file_append("box.file.append", path, text, options) end
    function box.file.jsonl(path, value, options)
      if value == nil then fail("bad argument #2 to 'box.file.jsonl' (value expected, got nothing)") end
      local text = json_text(value)
      -- Nearly none has a line break, and a search for one byte is quick.
      if text:find("\n", 1, true) or text:find("\r", 1, true) then text = text:gsub("[\r\n]", " ") end
      host.file_append("box.file.jsonl", path, text .. "\n", options)
    end
    box.file.csv, box.file.write, box.file.read = host.file_csv, host.file_write, host.file_read

    -- kv
    local function store(shared)
      local kv = {}
      function kv.get(key, default)
        local text = host.kv_get(shared, key)
        local value
        if text ~= nil then value = decode(text) end
        if value == nil then return default end
        return value
      end
      function kv.set(key, value, options)
        if value == nil then fail("box.kv.set: the value is nil; box.kv.delete(key) removes a key") end
        host.kv_set(shared, key, encode_decoded(value, "box.kv.set: value"), options)
      end
      function kv.incr(key, by) return host.kv_incr(shared, key, by) end
      function kv.delete(key) host.kv_delete(shared, key) end
      function kv.keys(prefix) return host.kv_keys(shared, prefix) end
      return kv
    end
    box.kv = store(false)
    box.kv.shared = store(true)

    -- windows, once, lists
    local Window = {}
    function Window:add(key, value) host.window_add(self.name, self.span, key, value) return self end
    function Window:count(key) return host.window_count(self.name, self.span, key) end
    function Window:distinct(key) return host.window_distinct(self.name, self.span, key) end
    function Window:reset(key) host.window_reset(self.name, self.span, key) return self end
    local function object(methods, kind, more)
      local meta = { __index = methods, __name = kind, __metatable = false }
      meta.__newindex = function() fail("a " .. kind .. " cannot be changed") end
      for key, value in pairs(more or {}) do meta[key] = value end
      return meta
    end
    local function sealed(fields, methods, kind, more)
      local meta = object(function(_, key) local value = fields[key]; if value == nil then return methods[key] end return value end, kind, more)
      return setmetatable({}, meta)
    end
    function box.window(name, span)
      host.window_open(name, span)
      return sealed({ name = name, span = span }, Window, "window")
    end
    function box.list(name)
      host.list_open(name)
      return sealed({}, {}, "list", {
        __index = function(_, line) return host.list_has(name, line) end,
        __len = function() return #host.list_lines(name) end,
        __pairs = function() 
          local lines, i = host.list_lines(name), 0
          return function() i = i + 1; if lines[i] then return lines[i], true end end
        end,
      })
    end

    -- asking Box
    function box.get_events(query)
      if query ~= nil then expect(query, "table", 1, "box.get_events") end
      return host.get_events(query or {})
    end
    local Events = {}
    -- Whether an event lies in the time that was asked for, and whether it lies behind it. Box may heed the times on the
    -- first page alone (PROTOCOL.md, section 3).
    local function timing(query)
      local after = query.created_after and host.time_parse(query.created_after)
      local before = query.created_before and host.time_parse(query.created_before)
      if not (after or before) then return nil end
      return function(event)
        local at = event.created_at
        at = type(at) == "string" and host.time_parse(at) or nil
        if not at then return true, false end
        local is_behind = before ~= nil and at > before
        return not is_behind and (not after or at >= after), is_behind
      end
    end
    local function page_reader(query, wanted)
      local max = query.max
      if max == nil then max = 10000 end
      if type(max) ~= "number" or max < 0 then fail("box.events: max must be a number of events, got " .. tostring(max)) end
      local position, entries, index, count, done, seen = query.stream_position, {}, 0, 0, false, {}
      local again, met, moves, doubtful, recent, visited = false, {}, 0, false, {}, {}
      local timed, types = timing(query), nil
      if wanted then
        types = {}
        for _, name in ipairs(wanted) do types[name] = true end
      end
      local stream_type = query.stream_type
      local most_moves = types and (stream_type == "admin_logs" or stream_type == "admin_logs_streaming") and 10 or 3
      return function()
        while true do
          index = index + 1
          local event = entries[index]
          if event ~= nil then
            local id = event.event_id or event:json()
            if not seen[id] and (not timed or (timed(event))) and (not types or types[event.event_type]) then
              seen[id] = true
              count = count + 1
              if count > max then
                fail(format("box.events: more than %d events; narrow the query, or raise max = %d", max, max))
              end
              return event
            end
          elseif done then
            return nil
          else
            local ask = {}
            for key, value in pairs(query) do if key ~= "max" then ask[key] = value end end
            if position then ask.stream_position = position end
            if ask.limit == nil then ask.limit = 500 end
            local page = host.get_events(ask, again)
            entries, index = page.entries, 0
            local asked, going = position, page.next_stream_position
            local is_usable = going ~= nil and going ~= "now" and not going:find("^0*$")
            if is_usable then position = going end
            -- What was left out is remembered for a page, what was given for good.
            local fresh, ids = false, {}
            for _, entry in ipairs(entries) do
              local id = entry.event_id or entry:json()
              ids[id] = true
              if not (seen[id] or recent[id]) then fresh = true end
            end
            if #entries > 0 then recent = ids end
            if asked then visited[asked] = true end
            -- Box marks no end. A page that brings nothing new is followed, after a pause, where the position moves, but
            -- not in circles; where it is empty, three times, or ten where Box may filter pages away.
            -- One that is empty and has no position, as admin_logs ends, is looked at twice where a large page came before.
            if #entries * 2 >= ask.limit and #entries >= 50 then moves, doubtful = 0, true end
            again = false
            if fresh then
              done, met = not is_usable, {}
              again = is_usable and going ~= asked and visited[going]
            elseif #entries > 0 then
              if asked then met[asked] = true end
              again = is_usable and not met[going]
            elseif asked ~= "now" then
              if not is_usable then
                again, doubtful = doubtful, false
              elseif going ~= asked then
                again, moves = moves < most_moves, moves + 1
              end
            end
            if not fresh then done = not again end
            if timed and #entries > 0 then
              local all_behind = true
              for _, entry in ipairs(entries) do
                if not select(2, timed(entry)) then all_behind = false break end
              end
              done = done or all_behind
            end
          end
        end
      end
    end
    function Events:take(n)
      expect(n, "number", 1, "take")
      if n < 0 then fail("box.events: take(" .. tostring(n) .. ") must be 0 or more") end
      local next_event, taken = self.rest(), {}
      while #taken < n do
        local event = next_event()
        if event == nil then break end
        taken[#taken + 1] = event
      end
      return taken
    end
    function Events:all()
      local next_event, all = self.next, {}
      for event in next_event do all[#all + 1] = event end
      return all
    end
    function Events:count()
      local count = 0
      for _ in self.next do count = count + 1 end
      return count
    end
    function box.events(query)
      if query ~= nil then expect(query, "table", 1, "box.events") end
      local copy = {}
      for key, value in pairs(query or {}) do copy[key] = value end
      local next_event, used_up = page_reader(copy, host.check_query(copy)), false
      -- What a loop, count or all has gone through to its end would look like a query without an answer.
      local function rest()
        if used_up then fail("box.events: these events were gone through to the end: keep them as a list with :all(), or call box.events again") end
        return next_event
      end
      -- A loop gives its state and control variable; whoever asks by hand for one more sees the end again.
      local function following(_, ...)
        if used_up and select("#", ...) == 0 then return nil end
        local event = rest()()
        used_up = event == nil
        return event
      end
      return sealed({ next = following, rest = rest }, Events, "events", { __call = following })
    end
    box.get_events_with_long_polling = host.get_events_with_long_polling

    -- api, http, webhook
    box.api, box.http = {}, {}
    function box.api.get(path, query) return host.api("box.api.get", path, query) end
    for _, method in ipairs { "post", "put", "delete" } do
      box.api[method] = function(path, body)
        return host.api("box.api." .. method, path, nil, body ~= nil and json_text(body) or nil)
      end
    end
    for _, method in ipairs { "get", "post", "put", "delete" } do
      box.http[method] = function(url, options)
        local copy = {}
        if options ~= nil then
          expect(options, "table", 2, "box.http." .. method)
          for key, value in pairs(options) do copy[key] = value end
          if copy.json ~= nil then copy.json = json_text(copy.json) end
        end
        local answer = host.http("box.http." .. method, url, copy)
        if answer.json == nil and answer.body and answer.body ~= "" then answer.json = (decode(answer.body)) end
        return answer
      end
    end
    function box.webhook(url, value, more)
      if more ~= nil then fail("box.webhook takes a URL and a value; box.http.post takes headers") end
      if value == nil then fail("bad argument #2 to 'box.webhook' (value expected, got nothing)") end
      host.webhook(url, json_text(value))
    end

    -- time
    box.time = { now = host.time_now, parse = host.time_parse, format = host.time_format }
    local os_time, os_date, floor = os.time, os.date, math.floor
    -- An error of Lua's own function, told as the script's: at its line, and by the name that it called.
    local function named(name, fn, ...)
      local succeeded, result = pcall(fn, ...)
      if succeeded then return result end
      fail((tostring(result):gsub("^box:%d+: ", ""):gsub("to '[^']*'", "to '" .. name .. "'", 1)))
    end
    function os.time(fields)
      if fields == nil then return floor(host.time_now()) end
      return named("os.time", os_time, fields)
    end
    function os.date(pattern, time)
      if time == nil then time = floor(host.time_now()) end
      return named("os.date", os_date, pattern or "%c", time)
    end

    -- modules
    local loaded = {}
    function require(name)
      expect(name, "string", 1, "require")
      if name == "box" then return rawget(_G, "box") end
      local found = loaded[name]
      if found == host then fail("'" .. name .. "' requires itself, directly or through another module") end
      if found ~= nil then return found end
      local text, chunk = host.module(name)
      local run, problem = load(text, chunk)
      if not run then fail(problem) end
      loaded[name] = host
      -- A module that fails is tried again by the next call.
      local _ <close> = setmetatable({}, { __close = function() if loaded[name] == host then loaded[name] = nil end end })
      local result = run(name)
      if result == nil then result = true end
      loaded[name] = result
      return result
    end

    -- tests
    local function same(expected, actual)
      if type(expected) == "table" then
        if type(actual) ~= "table" then return false end
        for key, value in pairs(expected) do
          if not same(value, actual[key]) then return false end
        end
        return true
      end
      if type(expected) == "string" and expected:sub(1, 1) == "~" then
        return actual ~= nil and tostring(actual):find(expected:sub(2), 1, true) ~= nil
      end
      return expected == actual
    end
    local function difference(expected, actual, path)
      if type(expected) == "table" and type(actual) == "table" then
        local keys = {}
        for key in pairs(expected) do keys[#keys + 1] = key end
        table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
        for _, key in ipairs(keys) do
          if not same(expected[key], actual[key]) then
            return difference(expected[key], actual[key], path .. (path == "" and "" or ".") .. tostring(key))
          end
        end
      end
      return format("%s: expected %s, got %s", path, box.inspect(expected), box.inspect(actual))
    end
    local function checked(kind, i, list, expected)
      local actual = list[i]
      if actual == nil then fail(format("there is no %s %s; there are %d", kind, tostring(i), #list)) end
      if expected ~= nil and not same(expected, actual) then
        fail(format("%s %d: %s", kind, i, difference(expected, actual, "")))
      end
      return actual
    end
    local function counted(n, one, many) return tostring(n) .. " " .. (n == 1 and one or many) end
    local function decoded(list)
      local out = {}
      for i, text in ipairs(list) do out[i] = decode(text) end
      return out
    end
    local Test = {}
    function Test:send(event)
      local text = event_text(event)
      if text then host.t_send(text, false) return end
      expect(event, "table", 1, "t:send")
      local list = event
      if event.entries then list = event.entries elseif #event == 0 then list = { event } end
      for _, one in ipairs(list) do
        local copy, at = one, nil
        if not event_text(one) then
          copy = {}
          for key, value in pairs(one) do if key == "at" then at = value else copy[key] = value end end
        end
        host.t_send(json_text(copy), at)
      end
    end
    function Test:advance(span) host.t_advance(span) end
    function Test:fixture(name)
      local value, problem = decode(host.t_fixture(name))
      if value == nil and problem then fail(format("fixtures/%s: %s", name, problem)) end
      return value
    end
    function Test:mock_events(events)
      expect(events, "table", 1, "t:mock_events")
      local list = events.entries or events
      if #list == 0 and next(list) ~= nil then list = { list } end
      local texts = {}
      for i, event in ipairs(list) do
        -- Two events that are alike would be one that Box repeats.
        if type(event) == "table" and not event_text(event) and event.event_id == nil then
          local copy = { event_id = "mock-" .. i }
          for key, value in pairs(event) do copy[key] = value end
          event = copy
        end
        texts[i] = json_text(event)
      end
      host.t_mock_events(texts)
    end
    local function response_of(response)
      if type(response) ~= "table" then response = { body = response } end
      local copy = {}
      for key, value in pairs(response) do copy[key] = value end
      if copy.json ~= nil then copy.body, copy.json = encode(copy.json), nil end
      if type(copy.headers) == "table" then
        local headers = {}
        for name, value in pairs(copy.headers) do headers[tostring(name):lower()] = value end
        copy.headers = headers
      end
      return copy
    end
    function Test:mock_http(method, url, response) host.t_mock_http(method, url, response_of(response)) end
    function Test:mock_api(method, path, response)
      host.t_mock_api(method, path, response ~= nil and json_text(response) or nil)
    end
    function Test:expect_alerts(n)
      expect(n, "number", 1, "t:expect_alerts")
      local alerts = decoded(host.t_alerts("alert"))
      if #alerts ~= n then
        local titles = {}
        for i, alert in ipairs(alerts) do titles[i] = format("%q", alert.title) end
        fail(format("expected %s, got %d%s", counted(n, "alert", "alerts"), #alerts, #titles > 0 and ": " .. concat(titles, ", ") or ""))
      end
    end
    function Test:expect_summaries(n)
      expect(n, "number", 1, "t:expect_summaries")
      local alerts = decoded(host.t_alerts("summary"))
      if #alerts ~= n then fail(format("expected %s, got %d", counted(n, "summary", "summaries"), #alerts)) end
    end
    function Test:alert(i)
      local alert = checked("alert", i, decoded(host.t_alerts("alert")))
      -- The fields are the table's own, so that pairs and box.inspect see them.
      return setmetatable(alert, { __metatable = false, __index = { has = function(_, expected)
        expect(expected, "table", 1, "has")
        if not same(expected, alert) then fail(format("alert %d: %s", i, difference(expected, alert, ""))) end
      end } })
    end
    function Test:expect_webhook(i, expected)
      local hooks = {}
      for n, hook in ipairs(host.t_webhooks()) do
        local value = decode(hook.body)
        hooks[n] = type(value) == "table" and value or { value = value }
        if hooks[n].url == nil then hooks[n].url = hook.url end
      end
      checked("webhook", i, hooks, expected)
    end
    function Test:expect_exec(i, expected) checked("command", i, host.t_execs(), expected) end
    function Test:kv(key)
      local text = host.t_kv(key)
      if text == nil then return nil end
      return (decode(text))
    end
    function Test:new_change() host.t_new_change() end
    function Test:expect_file(path, expected)
      local text = host.t_file(path)
      if text == nil then fail(format("there is no file %q; there are %s", path, host.t_files())) end
      if not same(expected, text) then
        fail(format("file %q: expected %s, got %s", path, box.inspect(expected), box.inspect(text)))
      end
    end
    function Test:expect_no_errors()
      local errors = host.t_errors(false)
      if #errors > 0 then fail(format("%s; the first: %s", counted(#errors, "error", "errors"), errors[1])) end
    end
    function Test:expect_error(pattern)
      expect(pattern, "string", 1, "t:expect_error")
      local errors = host.t_errors(true)
      for _, message in ipairs(errors) do
        if message:find(pattern) or message:find(pattern, 1, true) then return end
      end
      fail(#errors == 0 and format("expected an error that matches %q; there was none", pattern)
        or format("no error matches %q; the first: %s", pattern, errors[1]))
    end
    local test_object = sealed({}, Test, "test")
    host.keep_test(function(body) return body(test_object) end)
    """#
}
