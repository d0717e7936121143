extension APIReference {
  static let registering = [
    Entry(
      "box.on", "box.on(types, [where,] function(event) … end [, { name = … }])",
      "Calls the function for each event whose type matches: a name, a list of names, or \"*\".\n"
        + "`where` filters by fields: a value, a list of values, or a predicate.",
      "box.on(\"upload\", function(event) print(event.actor.login, event.item.name) end)",
      takes: "types: box.EventType|box.EventType[]\nwhere: box.Where\nhandler: fun(event: box.Event)\n"
        + "options?: box.HandlerOptions",
      overloads: [
        "fun(types: box.EventType|box.EventType[], handler: fun(event: box.Event), options?: box.HandlerOptions)"
      ]),
    Entry(
      "box.rule",
      "box.rule { id = …, on = …, where, severity, threshold, dedup, dedup_key, title, description, tags, runbook, "
        + "mode, run }",
      "Like box.on with what a detection needs: an id, a threshold, deduplication, a severity.\n"
        + "Without `run` a hit raises an alert of the rule's title. Repeats with the same key (by default what the threshold "
        + "counts by, or the id) are held back for an hour and summed up.",
      "box.rule { id = \"mass-download\", on = \"download\", severity = \"high\",\n"
        + "  threshold = { count = 20, within = \"5m\", by = \"created_by.id\" } }",
      takes: "rule: box.Rule"),
    Entry(
      "box.on_new_change", "box.on_new_change(function(change) … end)",
      "Called when the real-time server rings, while the events are still on their way.\n"
        + "`change` has stream, position and received_at. User streams only.",
      "box.on_new_change(function(change) print(change.position) end)",
      takes: "handler: fun(change: box.Change)"),
    Entry(
      "box.every", "box.every(interval, function() … end [, { name, immediate, missed }])",
      "Calls the function again and again. A tick that overlaps with the one before is left out.\n"
        + "Durations are seconds, or text such as \"5m\".",
      "box.every(\"1m\", function() print(box.time.format(box.time.now())) end)",
      takes: "interval: box.Duration\nhandler: fun()\noptions?: box.EveryOptions"),
    Entry(
      "box.after", "box.after(delay, function() … end [, { name }])",
      "Calls the function once.\nIt does not outlive the process.",
      "box.after(\"10s\", function() print(\"ten seconds later\") end)",
      takes: "delay: box.Duration\nhandler: fun()\noptions?: box.HandlerOptions"),
    Entry(
      "box.cron", "box.cron(expression, function() … end [, { tz, name, missed }])",
      "Calls the function at the times of a cron expression, in the time zone `tz` (UTC).\n"
        + "A tick that was missed while nothing ran is made up for once.",
      "box.cron(\"0 9 * * 1-5\", function() print(\"good morning\") end, { tz = \"Europe/Berlin\" })",
      takes: "expression: string\nhandler: fun()\noptions?: box.CronOptions"),
    Entry(
      "box.on_start", "box.on_start(function() … end)", "Called once when the rules are live.\nAt the prompt: at once.",
      "box.on_start(function() print(\"live\") end)", takes: "handler: fun()"),
    Entry(
      "box.on_stop", "box.on_stop(function() … end)",
      "Called once before the rules are unloaded.\nAt the prompt: when it ends.",
      "box.on_stop(function() print(\"bye\") end)", takes: "handler: fun()"),
    Entry(
      "box.namespace", "box.namespace(name)",
      "Fixes the name under which a file remembers, against renaming of the file.\nAt the top of the file.",
      "box.namespace(\"who-uploads\")", takes: "name: string"),
    Entry(
      "box.test", "box.test(name, function(t) … end)",
      "A test beside the rules, which `boxwatch test` runs.\nElsewhere it is ignored.",
      "box.test(\"an upload alerts\", function(t)\n  t:send { event_type = \"UPLOAD\" }\n  t:expect_alerts(1)\nend)",
      takes: "name: string\nbody: fun(t: box.Test)"),
  ]

  static let events = [
    Entry(
      "event:get", "event:get(path [, default])",
      "A field by its path; never an error.\nA number in the path indexes an array from 1.",
      "event:get(\"source.parent.name\", \"no folder\")", takes: "path: string\ndefault?: any", gives: "any value"),
    Entry(
      "event:table", "event:table()", "A plain copy of the event, to change.\nThe event itself cannot be assigned to.",
      "local copy = event:table()", gives: "table copy"),
    Entry(
      "event:json", "event:json()", "The exact text that Box sent.\nAs `boxwatch events` prints it.",
      "print(event:json())", gives: "string text"),
  ]
}
