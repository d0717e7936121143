import BoxClient
import ConfigurationFile
import Testing

@Suite("Secrets and the environment")
struct SecretTests {
  @Test("${NAME} is the environment's, anywhere in a value and in a value of any kind")
  func environment() throws {
    let configuration = try load(
      """
      output: /srv/${SITE}/${SITE}-out
      budgets: { cpu: "${CPU}", memory: "${SIZE}M" }
      allow: { box_write: "${WRITE}" }
      log: { level: "${LEVEL}" }
      """, environment: ["SITE": "a", "CPU": "3s", "SIZE": "5", "WRITE": "true", "LEVEL": "error"])
    #expect(configuration.output == "/srv/a/a-out")
    #expect(configuration.budgets.cpu == .seconds(3) && configuration.budgets.memory == 5 << 20)
    #expect(configuration.allow.boxWrite && configuration.log.level == .error)
  }

  @Test("$${ is a plain ${, and a dollar alone is a dollar; what a variable holds is not read again")
  func literalDollar() throws {
    let values = try load(
      "secrets: { a: \"$${X}\", b: $5$, c: \"$$\", d: \"${X}\", e: \"$$${X}\" }", environment: ["X": "${Y}", "Y": "no"]
    ).secrets
    #expect(values.map(\.value.revealed) == ["${X}", "$5$", "$$", "${Y}", "$${X}"])
  }

  @Test("A variable that is not set is named")
  func unset() throws {
    #expect(
      try mistakes("accounts:\n  one:\n    token: ${NOWHERE}-${NEITHER}\n") == [
        #"3:12: accounts.one.token: the environment variable NOWHERE is not set; set it, or write "$${" for a plain "${""#,
        #"3:12: accounts.one.token: the environment variable NEITHER is not set; set it, or write "$${" for a plain "${""#,
      ])
  }

  @Test("A variable that is empty is told as such")
  func empty() throws {
    #expect(
      try mistakes("secrets: { k: \"${NOTHING}\" }", environment: ["NOTHING": ""]) == [
        #"1:15: secrets.k: the environment variable NOTHING is empty; give it a value, or write "$${" for a plain "${""#
      ])
  }

  @Test("Where what is missing is forgiven, it is left out with a warning; rules and the state are needed all the same")
  func forgiven() throws {
    let workshop = try Workshop()
    let yaml = """
      accounts: { a: { client_id: "${X}", client_secret_file: /nope, user_id: "1" } }
      sinks: { s: { type: slack, url: "${X}" } }
      alerts: { default: [s] }
      metrics: "${X}"
      secrets: { k_file: /nope }

      """
    let configuration = try workshop.load(yaml, forgivesMissing: true)
    #expect(configuration.accounts.isEmpty && configuration.secrets.isEmpty && configuration.metrics == nil)
    #expect(configuration.warnings.count == 5)
    #expect(throws: ConfigurationError.self) { try workshop.load(yaml) }
    for line in ["state: ${X}", "rules: ${X}", "outptu: x"] {
      #expect(throws: ConfigurationError.self) { try workshop.load(yaml + line, forgivesMissing: true) }
    }
  }

  @Test("What is no name of a variable is told", arguments: ["${}", "${1A}", "${A", "${A-b}", "a ${ A }"])
  func malformed(text: String) throws {
    #expect(
      try mistakes("output: \"\(text)\"", environment: ["A": "x"])
        == [
          #"1:9: output: "${" begins the name of an environment variable, as in "${NAME}"; write "$${" for a plain "${""#
        ])
  }

  @Test("What a variable holds does not show in a message")
  func hidden() throws {
    #expect(
      try mistakes("budgets: { cpu: \"${CPU}\" }", environment: ["CPU": "hunter2"])
        == [
          #"1:17: budgets.cpu: expected a duration above 0 and of 10s at most, such as 250ms, got what "${CPU}" stands for"#
        ])
  }

  /// Each secret key, in a file around it.
  static let keys: [(String, String, String)] = [
    ("client_secret", "accounts: { a: { client_id: c, user_id: 1, KEY } }", "s3cret"),
    ("token", "accounts: { a: { KEY } }", "s3cret"),
    ("url", "sinks: { a: { type: slack, KEY } }", "https://s.example/s3cret"),
    ("url", "sinks: { a: { type: teams, KEY } }", "https://s.example/s3cret"),
    ("url", "sinks: { a: { type: webhook, KEY } }", "https://s.example/s3cret"),
    ("hmac_secret", "sinks: { a: { type: webhook, url: https://w.example, KEY } }", "s3cret"),
    ("routing_key", "sinks: { a: { type: pagerduty, KEY } }", "s3cret"),
    ("siem", "secrets: { KEY }", "s3cret"),
    ("value", "secrets: { siem: { hosts: [a.example], KEY } }", "s3cret"),
  ]

  @Test("Every secret may stand in a file, whose last line break is no part of it", arguments: keys)
  func twins(key: String, yaml: String, secret: String) throws {
    let workshop = try Workshop()
    let literal = try workshop.load(yaml.replacing("KEY", with: "\(key): \"\(secret)\""))
    for ending in ["", "\n", "\r\n"] {
      try workshop.write("secret", secret + ending)
      #expect(try workshop.load(yaml.replacing("KEY", with: "\(key)_file: secret")) == literal)
    }
  }

  @Test("A secret and its file exclude each other", arguments: keys)
  func both(key: String, yaml: String, secret: String) throws {
    let workshop = try Workshop()
    try workshop.write("secret", secret)
    let found = try workshop.mistakes(yaml.replacing("KEY", with: "\(key): \"\(secret)\", \(key)_file: secret"))
    #expect(found.count == 1)
    #expect(found.first?.contains("\(key) and \(key)_file exclude each other; keep one") == true)
  }

  @Test("A file of a secret that cannot be read is told, with its path", arguments: keys)
  func missing(key: String, yaml: String, secret: String) throws {
    let found = try mistakes(yaml.replacing("KEY", with: "\(key)_file: nowhere"))
    #expect(found.count == 1)
    #expect(found.first?.contains(#"\#(key)_file: "FOLDER/nowhere" does not exist"#) == true)
  }

  @Test("No mistake of a secret shows it", arguments: keys)
  func wrongSecret(key: String, yaml: String, secret: String) throws {
    for value in ["[s3cret]", "{ s3cret: 1 }"] {
      let found = try mistakes(yaml.replacing("KEY", with: "\(key): \(value)"))
      #expect(!found.isEmpty)
      #expect(!found.contains { $0.contains("s3cret\":") || $0.contains("got \"s3cret") })
    }
  }

  @Test("One line break only, and an empty file is no secret")
  func lineBreaks() throws {
    let workshop = try Workshop()
    try workshop.write("secret", "a\nb\n\n")
    #expect(try workshop.load("secrets: { s_file: secret }").secrets == [.init(name: "s", value: Secret("a\nb\n"))])
    try workshop.write("secret", "\n")
    #expect(
      try workshop.mistakes("secrets: { s_file: secret }")
        == ["1:20: secrets.s_file: expected a secret that is not empty; what came is not shown"])
    try workshop.write("secret", [0xFF, 0xFE])
    #expect(
      try workshop.mistakes("secrets: { s_file: secret }")
        == [#"1:20: secrets.s_file: "FOLDER/secret" is not valid UTF-8"#])
    #expect(
      try workshop.mistakes("secrets: { s_file: . }")
        == [#"1:20: secrets.s_file: "FOLDER/." is a folder, not a file"#])
  }

  @Test("A secret may be bound to hosts")
  func bound() throws {
    let secrets = try load("secrets: { s: { value: x, hosts: [A.example, \"*.b.example\"] } }").secrets
    #expect(secrets == [.init(name: "s", value: Secret("x"), hosts: ["a.example", "*.b.example"])])
    #expect(
      try mistakes("secrets: { s: { hosts: [] }, t: { value: x }, u: { value: x, hosts: [a], host: b } }") == [
        "1:15: secrets.s: value is missing: a secret that is not empty, or value_file with a file's path",
        "1:24: secrets.s.hosts: expected a list of hosts, got an empty one",
        "1:33: secrets.t: hosts is missing: a list of hosts",
        #"1:74: secrets.u: unknown key "host"; did you mean "hosts"?"#,
      ])
  }

  @Test("A file of a secret that everybody can read is warned of", arguments: keys)
  func readableTwin(key: String, yaml: String, secret: String) throws {
    let workshop = try Workshop()
    try workshop.write("secret", secret, mode: 0o644)
    let warnings = try workshop.warnings(yaml.replacing("KEY", with: "\(key)_file: secret"))
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.contains(
        #"\#(key)_file: every user of this machine can read "FOLDER/secret"; mend it with chmod o-r"#) == true)
    try workshop.write("secret", secret, mode: 0o640)
    #expect(try workshop.warnings(yaml.replacing("KEY", with: "\(key)_file: secret")).isEmpty)
  }

  @Test("A configuration that everybody can read is warned of where a secret is written out in it")
  func readableConfiguration() throws {
    let workshop = try Workshop(environment: ["TOKEN": "t"])
    let literal = "output: o\naccounts: { a: { token: abc } }"
    #expect(
      try workshop.warnings(literal, mode: 0o644) == [
        "2:25: a secret stands here, and every user of this machine can read the file; "
          + "mend it with chmod o-r, or use ${NAME} or a _file key"
      ])
    #expect(try workshop.warnings(literal, mode: 0o640).isEmpty)
    #expect(try workshop.warnings("accounts: { a: { token: \"${TOKEN}\" } }", mode: 0o644).isEmpty)
  }

  @Test(
    "The URL of a webhook is a secret only where it holds something that may be one",
    arguments: [
      ("https://siem.example/in", false), ("http://127.0.0.1:9000", false), ("https://siem-2026.example.com", false),
      ("https://siem.example/api/v2/events-2026", false), ("https://siem.example/in?key=a", true),
      ("https://hooks.example/T0AB12CD/b4c9d2e81f07a6", true), ("https://siem.example/in#a", true),
    ])
  func webhookURL(url: String, isSecret: Bool) throws {
    let workshop = try Workshop()
    let warnings = try workshop.warnings("sinks: { s: { type: webhook, url: \"\(url)\" } }", mode: 0o644)
    #expect(warnings.isEmpty == !isSecret)
    // To these whoever knows the URL may send.
    let slack = "sinks: { s: { type: slack, url: \"https://siem.example/in\" } }"
    #expect(try workshop.warnings(slack, mode: 0o644).count == 1)
  }
}
