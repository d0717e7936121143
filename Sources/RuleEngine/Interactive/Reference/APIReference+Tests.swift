extension APIReference {
  static let tests = [
    Entry(
      "t:send", "t:send(event)",
      "An event, or a list of them, to the rules.\n`at` is seconds since the clock's start, or a time.",
      "t:send { event_type = \"DOWNLOAD\", created_by = { id = \"7\" }, at = 10 }", takes: "event: table|box.Event"),
    Entry(
      "t:advance", "t:advance(span)", "Moves the clock on.\nEvery tick on its way fires.", "t:advance(\"61m\")",
      takes: "span: box.Duration"),
    Entry(
      "t:fixture", "t:fixture(name)", "The JSON of fixtures/NAME beside the file.\nDecoded.",
      "t:send(t:fixture \"download.json\")", takes: "name: string", gives: "any value"),
    Entry(
      "t:mock_events", "t:mock_events { … }", "What box.events and box.get_events answer.\nA list of events.",
      "t:mock_events { { event_type = \"UPLOAD\" } }", takes: "events: table"),
    Entry(
      "t:mock_http", "t:mock_http(method, url, response)",
      "What box.http answers for that call.\nA call that is not mocked fails.",
      "t:mock_http(\"GET\", \"https://api.example.com/who\", { status = 200, json = { name = \"Ada\" } })",
      takes: "method: string\nurl: string\nresponse: any"),
    Entry(
      "t:mock_api", "t:mock_api(method, path, response)",
      "What box.api answers for that call.\nA call that is not mocked fails.",
      "t:mock_api(\"GET\", \"/users/me\", { login = \"ada@example.com\" })",
      takes: "method: string\npath: string\nresponse: any"),
    Entry(
      "t:expect_alerts", "t:expect_alerts(n)", "So many alerts were raised.\nSummaries do not count.",
      "t:expect_alerts(1)", takes: "n: integer"),
    Entry(
      "t:expect_summaries", "t:expect_summaries(n)",
      "So many summaries of alerts that were held back.\nNo more, no fewer.",
      "t:expect_summaries(0)", takes: "n: integer"),
    Entry(
      "t:alert", "t:alert(i)", "The i-th alert.\n:has { … } compares its fields; \"~text\" means: contains it.",
      "t:alert(1):has { severity = \"high\", title = \"~ada\" }", takes: "i: integer", gives: "box.TestAlert alert"),
    Entry(
      "t:expect_webhook", "t:expect_webhook(i, { … })", "The i-th webhook has these fields.\n`url` is where it goes.",
      "t:expect_webhook(1, { text = \"hello\" })", takes: "i: integer\nexpected?: table"),
    Entry(
      "t:expect_exec", "t:expect_exec(i, { … })", "The i-th command has these arguments.\nThe first is its path.",
      "t:expect_exec(1, { \"/usr/local/bin/scan\" })", takes: "i: integer\nexpected?: table"),
    Entry(
      "t:kv", "t:kv(key)", "What the rules remember under a key.\nnil where there is nothing.", "t:kv(\"uploads\")",
      takes: "key: string", gives: "any value"),
    Entry(
      "t:new_change", "t:new_change()", "The real-time server rings.\nbox.on_new_change is called.", "t:new_change()"),
    Entry(
      "t:expect_file", "t:expect_file(path, text)",
      "A file of box.file holds that text.\n\"~text\" means: contains it.",
      "t:expect_file(\"log.txt\", \"a line\\n\")", takes: "path: string\ntext: string"),
    Entry(
      "t:expect_no_errors", "t:expect_no_errors()", "No handler failed.\nThe first error is told.",
      "t:expect_no_errors()"),
    Entry(
      "t:expect_error", "t:expect_error(pattern)",
      "A handler failed with such a message.\nA Lua pattern, or a part of it.",
      "t:expect_error(\"no title\")", takes: "pattern: string"),
  ]
}
