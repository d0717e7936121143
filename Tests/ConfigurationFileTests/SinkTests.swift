import BoxClient
import ConfigurationFile
import Testing

@Suite("Sinks and alerts")
struct SinkTests {
  private func kind(_ keys: String) throws -> BoxwatchConfiguration.Sink.Kind {
    try #require(try load("sinks:\n  one: { \(keys) }").sinks.first { $0.name == "one" }).kind
  }

  @Test("Each type has its keys")
  func types() throws {
    #expect(try kind("type: log") == .log)
    #expect(try kind("type: file, path: a/b.jsonl") == .file(path: "a/b.jsonl"))
    #expect(try kind("type: slack, url: https://s.example/x") == .slack(url: Secret("https://s.example/x")))
    #expect(try kind("type: teams, url: https://t.example/x") == .teams(url: Secret("https://t.example/x")))
    #expect(
      try kind("type: webhook, url: \"http://w.example:8080/x\"")
        == .webhook(url: Secret("http://w.example:8080/x"), hmacSecret: nil))
    #expect(try kind("type: pagerduty, routing_key: k") == .pagerduty(routingKey: Secret("k")))
    #expect(try kind("type: email, to: [a@b.c], from: d@e.f") == .email(to: ["a@b.c"], from: "d@e.f"))
    #expect(
      try kind(#"type: exec, command: [/bin/page, "", "a b", "a b", "$HOME"]"#)
        == .exec(command: ["/bin/page", "", "a b", "a b", "$HOME"]))
  }

  @Test("`log` and `alerts` are there, also beside others; `alerts` may be another one")
  func builtIn() throws {
    #expect(try load("sinks: { one: { type: log } }").sinks.map(\.name) == ["log", "alerts", "one"])
    let own = try load("sinks: { alerts: { type: slack, url: https://s.example } }").sinks
    #expect(own.map(\.name) == ["log", "alerts"])
    #expect(own.last?.kind == .slack(url: Secret("https://s.example")))
  }

  private static let address = "an https URL, or an http one of this machine such as http://127.0.0.1:8080"

  @Test(
    "A sink may be tried against a receiver of this machine", arguments: ["127.0.0.1:80", "[::1]", "localhost:8080"])
  func local(_ host: String) throws {
    #expect(try kind("type: slack, url: \"http://\(host)/x\"") == .slack(url: Secret("http://\(host)/x")))
    #expect(
      try kind("type: pagerduty, routing_key: k, url: \"http://\(host)/x\"")
        == .pagerduty(routingKey: Secret("k"), url: "http://\(host)/x"))
  }

  static let wrong: [(String, String)] = [
    ("path: a", "2:8: sinks.one: type is missing: log, file, slack, teams, webhook, pagerduty, email or exec"),
    (
      "type: slak",
      #"2:16: sinks.one.type: expected log, file, slack, teams, webhook, pagerduty, email or exec, got "slak"; did you mean "slack"?"#
    ),
    ("type: log, path: x", #"2:21: sinks.one: unknown key "path"; known here: type"#),
    ("type: file", "2:8: sinks.one: path is missing: a file's path below the output folder such as alerts.jsonl"),
    (
      "type: file, path: /tmp/x",
      #"2:28: sinks.one.path: expected a file's path below the output folder such as alerts.jsonl, got "/tmp/x""#
    ),
    (
      "type: file, path: a/../../x",
      #"2:28: sinks.one.path: expected a file's path below the output folder such as alerts.jsonl, got "a/../../x""#
    ),
    ("type: slack", "2:8: sinks.one: url is missing: \(address), or url_file with a file's path"),
    (
      "type: slack, url: http://s.example/geheim", "2:28: sinks.one.url: expected \(address); what came is not shown"
    ),
    (
      "type: slack, url: http://127.s.example/x", "2:28: sinks.one.url: expected \(address); what came is not shown"
    ),
    ("type: teams, url: 5", "2:28: sinks.one.url: expected \(address); what came is not shown"),
    ("type: webhook, url: ftp://geheim", "2:30: sinks.one.url: expected an http or https URL; what came is not shown"),
    (
      "type: webhook, url: https://w.example, hmac_secret: \"\"",
      "2:62: sinks.one.hmac_secret: expected a key that is not empty; what came is not shown"
    ),
    (
      "type: pagerduty",
      "2:8: sinks.one: routing_key is missing: the integration key of a PagerDuty service, or routing_key_file with a file's path"
    ),
    ("type: email, from: a@b.c", "2:8: sinks.one: to is missing: a list of e-mail addresses"),
    ("type: email, to: [a@b.c]", "2:8: sinks.one: from is missing: an e-mail address such as security@example.com"),
    (
      "type: email, to: [\"-f@b.c\"], from: a@b.c",
      #"2:28: sinks.one.to: expected an e-mail address such as security@example.com, got "-f@b.c""#
    ),
    ("type: email, to: [a@b.c, a@b.c], from: a@b.c", #"2:35: sinks.one.to: "a@b.c" stands twice in the list"#),
    ("type: exec", "2:8: sinks.one: command is missing: a list of a program's path and its arguments"),
    (
      "type: exec, command: /bin/page --now",
      "2:31: sinks.one.command: expected a list of a program's path and its arguments, got text"
    ),
    (
      "type: exec, command: [page]",
      #"2:32: sinks.one.command: expected a program's absolute path such as /usr/local/bin/page, got "page""#
    ),
    (
      #"type: exec, command: [/bin/page, "a\0b"]"#,
      #"2:43: sinks.one.command: expected an argument without NUL, got "a\u{0}b""#
    ),
  ]

  @Test("What is wrong is told with its place", arguments: wrong)
  func mistake(keys: String, message: String) throws {
    #expect(try mistakes("sinks:\n  one: { \(keys) }") == [message])
  }

  @Test("The log stays the log")
  func log() throws {
    #expect(
      try mistakes("sinks: { log: { type: file, path: x } }")
        == ["1:23: sinks.log.type: the sink `log` is the log; give this one another name"])
  }

  @Test("Alerts go to the sinks that are named, by severity")
  func routing() throws {
    let routing = try load("alerts: { default: [log], routes: { info: [log], critical: [alerts, log] } }").alertRouting
    #expect(routing.default == ["log"])
    #expect(routing.routes == [.info: ["log"], .critical: ["alerts", "log"]])
  }

  static let wrongAlerts: [(String, String)] = [
    (
      "default: [sec, lgo]",
      #"2:26: alerts.default: expected a sink: log, alerts or sec, got "lgo"; did you mean "log"?"#
    ),
    ("default: []", "2:20: alerts.default: expected a list of sinks, got an empty one"),
    ("default: [log, log]", #"2:26: alerts.default: "log" stands twice in the list"#),
    (
      "routes: { urgent: [log] }",
      #"2:21: alerts.routes: unknown key "urgent"; known here: info, low, medium, high, critical"#
    ),
    ("routes: { high: [pager] }", #"2:28: alerts.routes.high: expected a sink: log, alerts or sec, got "pager""#),
    ("routes: [log]", "2:19: alerts.routes: expected a mapping of severities to lists of sinks, got a list"),
    ("route: {}", #"2:11: alerts: unknown key "route"; did you mean "routes"?"#),
  ]

  @Test("Unknown sinks and severities are told", arguments: wrongAlerts)
  func badRouting(keys: String, message: String) throws {
    #expect(try mistakes("sinks: { sec: { type: slack, url: https://s.example } }\nalerts: { \(keys) }") == [message])
  }
}
