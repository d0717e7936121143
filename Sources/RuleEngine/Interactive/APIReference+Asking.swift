extension APIReference {
  static let asking = [
    Entry(
      "box.get_events",
      "box.get_events { stream_type, stream_position, limit, event_type, created_after, created_before }",
      "One page of events: chunk_size, next_stream_position, entries.\nThe parameters are those of GET /2.0/events.",
      "box.get_events { stream_position = \"0\", limit = 10 }.entries"),
    Entry(
      "box.events", "box.events { …, max = 10000 }",
      "An iterator over the events of all pages; :take(n), :count(), :all().\nThe parameters are those of box.get_events.",
      "for event in box.events { stream_type = \"admin_logs\", created_after = \"-1h\" } do print(event) end"),
    Entry(
      "box.get_events_with_long_polling", "box.get_events_with_long_polling()",
      "The real-time servers that Box names.\nOPTIONS /2.0/events.", "box.get_events_with_long_polling().entries[1].url"
    ),
    Entry(
      "box.api.get", "box.api.get(path [, query])",
      "Any endpoint of the Box API; the decoded JSON.\nThe path goes below /2.0.",
      "box.api.get(\"/users/me\", { fields = \"name,login\" })"),
    Entry(
      "box.api.post", "box.api.post(path, body)",
      "As box.api.get, with a body that becomes JSON.\nWriting needs `allow: { box_write: true }` in the configuration.",
      "box.api.post(\"/comments\", { item = { type = \"file\", id = \"9\" }, message = \"seen\" })"),
    Entry(
      "box.api.put", "box.api.put(path, body)", "As box.api.post.\nChanges what is there.",
      "box.api.put(\"/files/9\", { description = \"seen\" })"),
    Entry(
      "box.api.delete", "box.api.delete(path)", "As box.api.post.\nRemoves what is there.",
      "box.api.delete(\"/files/9/lock\")"),
    Entry(
      "box.position", "box.position([stream])",
      "The committed position of a stream, by default of the event's.\nAt the prompt nothing is committed: nil.",
      "box.position()"),
  ]

  static let reacting = [
    Entry(
      "box.alert", "box.alert { title, severity, body, context, to, dedup_key, dedup } or box.alert(title)",
      "An alert to the configuration's sinks. severity: info, low, medium, high, critical.\n"
        + "At the prompt it is printed.",
      "box.alert { title = \"hello\", severity = \"low\", context = { n = 1 } }"),
    Entry(
      "box.file.append", "box.file.append(path, text [, { rotate, keep }])",
      "Adds to a file below the output directory; no line break is added.\nAt the prompt it is told, not done.",
      "box.file.append(\"log.txt\", \"a line\\n\")"),
    Entry(
      "box.file.jsonl", "box.file.jsonl(path, value [, { rotate, keep }])",
      "Adds a line of JSON.\nAn event is written as Box sent it.", "box.file.jsonl(\"events.jsonl\", event)"),
    Entry(
      "box.file.csv", "box.file.csv(path, row [, { header, rotate, keep, formulas }])",
      "Adds a row.\nThe header is written into a new file.",
      "box.file.csv(\"uploads.csv\", { event.created_at, event.actor.login }, { header = { \"time\", \"who\" } })"),
    Entry(
      "box.file.write", "box.file.write(path, text)",
      "Replaces a file's content, all at once.\nAt the prompt it is told, not done.",
      "box.file.write(\"state.txt\", \"ok\")"),
    Entry(
      "box.file.read", "box.file.read(path)",
      "What was delivered to a file below the output directory.\nnil and a reason where there is none.",
      "box.file.read(\"alerts.jsonl\")"),
    Entry(
      "box.http.get", "box.http.get(url [, { headers, timeout }])",
      "Asks another host at once: status, headers, body, json.\nAllowed hosts only (`allow: { http: … }`).",
      "box.http.get(\"https://api.example.com/v1/who\").json"),
    Entry(
      "box.http.post", "box.http.post(url, { json, body, headers, timeout })",
      "As box.http.get, with a body.\nAn Idempotency-Key is sent along.",
      "box.http.post(\"https://api.example.com/v1/note\", { json = { text = \"hi\" } })"),
    Entry(
      "box.http.put", "box.http.put(url, { json, body, headers, timeout })", "As box.http.post.\nFor PUT.",
      "box.http.put(\"https://api.example.com/v1/note/1\", { body = \"hi\" })"),
    Entry(
      "box.http.delete", "box.http.delete(url [, { headers, timeout }])", "As box.http.get.\nFor DELETE.",
      "box.http.delete(\"https://api.example.com/v1/note/1\")"),
    Entry(
      "box.webhook", "box.webhook(url, value)",
      "Sends JSON later, with retries and an idempotency key.\nAt the prompt it is told, not done.",
      "box.webhook(\"https://hooks.example.com/x\", { text = \"hello\" })"),
    Entry(
      "box.exec", "box.exec { command, argument…, stdin, timeout }",
      "Runs an allowed command later; no shell.\nAt the prompt it is told, not done.",
      "box.exec { \"/usr/local/bin/scan\", event.item.id }"),
    Entry(
      "box.log.info", "box.log.info(format, …)", "Writes to the log.\nAlso box.log.debug, warn and error.",
      "box.log.info(\"%d events\", 3)"),
    Entry(
      "box.log.debug", "box.log.debug(format, …)", "As box.log.info.\nNot shown at the prompt.", "box.log.debug(\"x\")"),
    Entry("box.log.warn", "box.log.warn(format, …)", "As box.log.info.\nFor what may be wrong.", "box.log.warn(\"x\")"),
    Entry("box.log.error", "box.log.error(format, …)", "As box.log.info.\nFor what is wrong.", "box.log.error(\"x\")"),
  ]
}
