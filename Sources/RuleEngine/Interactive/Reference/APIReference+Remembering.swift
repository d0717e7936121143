extension APIReference {
  private static let keyValues = [
    Entry(
      "box.kv.get", "box.kv.get(key [, default])",
      "What was remembered under a key.\nAt a prompt of its own all of box.kv is in memory only.",
      "box.kv.get(\"seen\", 0)", takes: "key: string\ndefault?: any", gives: "any value"),
    Entry(
      "box.kv.set", "box.kv.set(key, value [, { ttl }])",
      "Remembers anything that JSON can hold.\n`ttl`: for how long.",
      "box.kv.set(\"seen\", { n = 1 }, { ttl = \"7d\" })", takes: "key: string\nvalue: any\noptions?: box.KeepOptions"),
    Entry(
      "box.kv.incr", "box.kv.incr(key [, by])", "Counts.\nReturns the new value.", "box.kv.incr(\"uploads\")",
      takes: "key: string\nby?: number", gives: "number value"),
    Entry(
      "box.kv.delete", "box.kv.delete(key)", "Forgets a key.\nOne that is not there is no error.",
      "box.kv.delete(\"seen\")", takes: "key: string"),
    Entry(
      "box.kv.keys", "box.kv.keys([prefix])", "The keys that begin so.\nAs a list.", "box.kv.keys(\"user:\")",
      takes: "prefix?: string", gives: "string[] keys"),
  ]

  static let remembering =
    keyValues + keyValues.map { $0.renamed("box.kv.", "box.kv.shared.") } + [
      Entry(
        "box.window", "box.window(name, span)",
        "A sliding window by event time: :add(key [, value]), :count(key), :distinct(key), :reset(key).\n"
          + "Late events land where they belong.",
        "local w = box.window(\"logins\", \"5m\"); w:add(\"ada\"); w:count(\"ada\")",
        takes: "name: string\nspan: box.Duration", gives: "box.Window window"),
      Entry(
        "window:add", "window:add(key [, value])",
        "Adds an event of the key, at the time of the event in hand.\n"
          + "`value` is what :distinct tells apart.",
        "box.window(\"logins\", \"5m\"):add(\"ada\", \"10.0.0.7\")",
        takes: "key: string|number|boolean\nvalue?: string|number|boolean", gives: "box.Window window"),
      Entry(
        "window:count", "window:count(key)", "How many events of the key are in the window.\n0 where there is none.",
        "box.window(\"logins\", \"5m\"):count(\"ada\")", takes: "key: string|number|boolean", gives: "integer count"),
      Entry(
        "window:distinct", "window:distinct(key)",
        "How many different values the key's events have.\n"
          + "Those without a value do not count.",
        "box.window(\"logins\", \"5m\"):distinct(\"ada\")", takes: "key: string|number|boolean", gives: "integer count"),
      Entry(
        "window:reset", "window:reset(key)", "Forgets the key's events.\nIt counts anew.",
        "box.window(\"logins\", \"5m\"):reset(\"ada\")", takes: "key: string|number|boolean",
        gives: "box.Window window"),
      Entry(
        "box.once", "box.once(key, period)", "True the first time in that period.\nElse false.",
        "if box.once(\"greeting\", \"24h\") then print(\"hello\") end",
        takes: "key: string|number|boolean\nperiod: box.Duration", gives: "boolean is_first"),
      Entry(
        "box.list", "box.list(file)",
        "A set of lines of a file beside the rules.\nLines that begin with # are comments; read again when it changes.",
        "if box.list(\"vip.txt\")[\"ada@example.com\"] then print(\"one of them\") end", takes: "file: string",
        gives: "table<string, true?> lines"),
    ]

  static let helpers = [
    Entry(
      "box.json.encode", "box.json.encode(value [, { pretty = true }])",
      "A value as JSON, keys sorted.\nAn event as Box sent it.",
      "box.json.encode({ a = 1 })", takes: "value: any\noptions?: { pretty?: boolean }", gives: "string text"),
    Entry(
      "box.json.decode", "box.json.decode(text)", "JSON as a value.\nnil and a message where it is none.",
      "box.json.decode('{\"a\":[1,2]}').a[2]", takes: "text: string", gives: "any value\nstring? problem"),
    Entry(
      "box.json.null", "box.json.null", "null in an array.\nIn objects null is nil.", "{ 1, box.json.null }",
      gives: "userdata", isField: true),
    Entry(
      "box.json.array", "box.json.array(table)", "Marks a table as an array.\nSo that an empty one is [].",
      "box.json.array({})", takes: "table: table", gives: "table array"),
    Entry(
      "box.time.now", "box.time.now()", "Seconds since 1970.\nWith fractions.", "box.time.now()",
      gives: "number seconds"),
    Entry(
      "box.time.parse", "box.time.parse(text)", "A time as seconds.\nRFC 3339, or relative.", "box.time.parse(\"-1h\")",
      takes: "text: string", gives: "number? seconds\nstring? problem"),
    Entry(
      "box.time.format", "box.time.format(seconds [, format])", "Seconds as text.\nRFC 3339 without a format.",
      "box.time.format(0)", takes: "seconds?: number\nformat?: string", gives: "string text"),
    Entry(
      "box.sleep", "box.sleep(duration)", "Waits without holding anybody up.\nCtrl-C ends it.", "box.sleep(\"2s\")",
      takes: "duration: box.Duration"),
    Entry(
      "box.inspect", "box.inspect(value)", "Any value as readable text.\nAs the prompt shows it.",
      "box.inspect({ 1, { a = 2 } })", takes: "value: any", gives: "string text"),
    Entry(
      "box.version", "box.version", "The version of boxwatch.\nText.", "box.version", gives: "string", isField: true),
    Entry(
      "box.secret", "box.secret(name)",
      "A secret of the configuration, for headers and URLs; it prints as ***.\nA script never sees it.",
      "box.http.get(\"https://api.example.com/\", { headers = { authorization = box.secret(\"api\") } })",
      takes: "name: string", gives: "box.Secret secret"),
  ]
}
