extension APIReference {
  static let remembering = [
    Entry(
      "box.kv.get", "box.kv.get(key [, default])",
      "What was remembered under a key.\nAt the prompt all of box.kv is in memory only.", "box.kv.get(\"seen\", 0)"),
    Entry(
      "box.kv.set", "box.kv.set(key, value [, { ttl }])",
      "Remembers anything that JSON can hold.\n`ttl`: for how long.",
      "box.kv.set(\"seen\", { n = 1 }, { ttl = \"7d\" })"),
    Entry(
      "box.kv.incr", "box.kv.incr(key [, by])", "Counts.\nReturns the new value.", "box.kv.incr(\"uploads\")"),
    Entry(
      "box.kv.delete", "box.kv.delete(key)", "Forgets a key.\nOne that is not there is no error.",
      "box.kv.delete(\"seen\")"),
    Entry("box.kv.keys", "box.kv.keys(prefix)", "The keys that begin so.\nAs a list.", "box.kv.keys(\"user:\")"),
    Entry(
      "box.kv.shared", "box.kv.shared.get, .set, .incr, .delete, .keys",
      "As box.kv, of all rule files together.\nNames are the same.",
      "box.kv.shared.incr(\"all\")"),
    Entry(
      "box.window", "box.window(name, span)",
      "A sliding window by event time: :add(key [, value]), :count(key), :distinct(key), :reset(key).\n"
        + "Late events land where they belong.",
      "local w = box.window(\"logins\", \"5m\"); w:add(\"ada\"); w:count(\"ada\")"),
    Entry(
      "box.once", "box.once(key, period)", "True the first time in that period.\nElse false.",
      "if box.once(\"greeting\", \"24h\") then print(\"hello\") end"),
    Entry(
      "box.list", "box.list(file)", "A set of lines of a file beside the rules.\nRead again when it changes.",
      "local vip = box.list(\"vip.txt\"); vip[\"ada@example.com\"]"),
  ]

  static let helpers = [
    Entry(
      "box.json.encode", "box.json.encode(value [, { pretty = true }])",
      "A value as JSON, keys sorted.\nAn event as Box sent it.",
      "box.json.encode({ a = 1 })"),
    Entry(
      "box.json.decode", "box.json.decode(text)", "JSON as a value.\nnil and a message where it is none.",
      "box.json.decode('{\"a\":[1,2]}').a[2]"),
    Entry("box.json.null", "box.json.null", "null in an array.\nIn objects null is nil.", "{ 1, box.json.null }"),
    Entry(
      "box.json.array", "box.json.array(table)", "Marks a table as an array.\nSo that an empty one is [].",
      "box.json.array({})"),
    Entry("box.time.now", "box.time.now()", "Seconds since 1970.\nWith fractions.", "box.time.now()"),
    Entry(
      "box.time.parse", "box.time.parse(text)", "A time as seconds.\nRFC 3339, or relative.", "box.time.parse(\"-1h\")"),
    Entry(
      "box.time.format", "box.time.format(seconds [, format])", "Seconds as text.\nRFC 3339 without a format.",
      "box.time.format(0)"),
    Entry(
      "box.sleep", "box.sleep(duration)", "Waits without holding anybody up.\nCtrl-C ends it.", "box.sleep(\"2s\")"),
    Entry(
      "box.inspect", "box.inspect(value)", "Any value as readable text.\nAs the prompt shows it.",
      "box.inspect({ 1, { a = 2 } })"),
    Entry("box.version", "box.version", "The version of boxwatch.\nText.", "box.version"),
    Entry(
      "box.secret", "box.secret(name)",
      "A secret of the configuration, for headers; it prints as ***.\nA script never sees it.",
      "box.http.get(\"https://api.example.com/\", { headers = { authorization = box.secret(\"api\") } })"),
  ]
}
