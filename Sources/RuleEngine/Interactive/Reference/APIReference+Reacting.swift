extension APIReference {
  static let reacting = [
    Entry(
      "box.alert", "box.alert { title, severity, body, context, to, dedup_key, dedup } or box.alert(title)",
      "An alert to the configuration's sinks. severity: info, low, medium, high, critical.\n"
        + "At the prompt it is printed.",
      "box.alert { title = \"hello\", severity = \"low\", context = { n = 1 } }", takes: "alert: box.Alert|string"),
    Entry(
      "box.webhook", "box.webhook(url, value)",
      "Sends JSON later, with retries and an idempotency key.\nAt the prompt it is told, not done.",
      "box.webhook(\"https://hooks.example.com/x\", { text = \"hello\" })", takes: "url: string|box.Secret\nvalue: any"),
    Entry(
      "box.exec", "box.exec { command, argument…, stdin, timeout }",
      "Runs an allowed command later; no shell.\nAt the prompt it is told, not done.",
      "box.exec { \"/usr/local/bin/scan\", event.item.id }", takes: "command: box.Command"),
    Entry(
      "box.log.info", "box.log.info(format, …)", "Writes to the log.\nAlso box.log.debug, warn and error.",
      "box.log.info(\"%d events\", 3)", takes: "format: any\n...: any"),
    Entry(
      "box.log.debug", "box.log.debug(format, …)", "As box.log.info.\nNot shown at the prompt.", "box.log.debug(\"x\")",
      takes: "format: any\n...: any"),
    Entry(
      "box.log.warn", "box.log.warn(format, …)", "As box.log.info.\nFor what may be wrong.", "box.log.warn(\"x\")",
      takes: "format: any\n...: any"),
    Entry(
      "box.log.error", "box.log.error(format, …)", "As box.log.info.\nFor what is wrong.", "box.log.error(\"x\")",
      takes: "format: any\n...: any"),
  ]

  static let files = [
    Entry(
      "box.file.append", "box.file.append(path, text [, { rotate, keep }])",
      "Adds to a file below the output directory; no line break is added.\nAt the prompt it is told, not done.",
      "box.file.append(\"log.txt\", \"a line\\n\")", takes: "path: string\ntext: string\noptions?: box.FileOptions"),
    Entry(
      "box.file.jsonl", "box.file.jsonl(path, value [, { rotate, keep }])",
      "Adds a line of JSON.\nAn event is written as Box sent it.", "box.file.jsonl(\"events.jsonl\", event)",
      takes: "path: string\nvalue: any\noptions?: box.FileOptions"),
    Entry(
      "box.file.csv", "box.file.csv(path, row [, { header, rotate, keep, formulas }])",
      "Adds a row; one shorter than the header is filled up.\nThe header is written into a new file.",
      "box.file.csv(\"uploads.csv\", { event.created_at, event.actor.login }, { header = { \"time\", \"who\" } })",
      takes: "path: string\nrow: any[]\noptions?: box.CSVOptions"),
    Entry(
      "box.file.write", "box.file.write(path, text)",
      "Replaces a file's content, all at once.\nAt the prompt it is told, not done.",
      "box.file.write(\"state.txt\", \"ok\")", takes: "path: string\ntext: string"),
    Entry(
      "box.file.read", "box.file.read(path)",
      "What was delivered to a file below the output directory.\nnil and a reason where there is none.",
      "box.file.read(\"alerts.jsonl\")", takes: "path: string", gives: "string? text\nstring? reason"),
  ]

  static let otherHosts = [
    Entry(
      "box.http.get", "box.http.get(url [, { headers, timeout }])",
      "Asks another host at once: status, headers, body, json.\nAllowed hosts only (`allow: { http: … }`).",
      "box.http.get(\"https://api.example.com/v1/who\").json",
      takes: "url: string|box.Secret\noptions?: box.HTTPOptions",
      gives: "box.HTTPAnswer answer"),
    Entry(
      "box.http.post", "box.http.post(url, { json, body, headers, timeout })",
      "As box.http.get, with a body.\nAn Idempotency-Key is sent along.",
      "box.http.post(\"https://api.example.com/v1/note\", { json = { text = \"hi\" } })",
      takes: "url: string|box.Secret\noptions?: box.HTTPOptions", gives: "box.HTTPAnswer answer"),
    Entry(
      "box.http.put", "box.http.put(url, { json, body, headers, timeout })", "As box.http.post.\nFor PUT.",
      "box.http.put(\"https://api.example.com/v1/note/1\", { body = \"hi\" })",
      takes: "url: string|box.Secret\noptions?: box.HTTPOptions", gives: "box.HTTPAnswer answer"),
    Entry(
      "box.http.delete", "box.http.delete(url [, { headers, timeout }])", "As box.http.get.\nFor DELETE.",
      "box.http.delete(\"https://api.example.com/v1/note/1\")",
      takes: "url: string|box.Secret\noptions?: box.HTTPOptions",
      gives: "box.HTTPAnswer answer"),
  ]
}
