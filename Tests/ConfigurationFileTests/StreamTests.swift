import BoxClient
import ConfigurationFile
import Testing

@Suite("Streams and rules")
struct StreamTests {
  private func stream(_ keys: String, before: String = "") throws -> BoxwatchConfiguration.Stream {
    try #require(try load(before + "streams:\n  one: { \(keys) }").streams.first)
  }

  @Test("A stream without keys is all events from now on, for all rules")
  func defaults() throws {
    let one = try stream("")
    #expect(one.account == nil && one.streamType == .all && one.from == .position(.now))
    #expect(one.rules == nil && one.asUsers.isEmpty)
  }

  @Test("The only account need not be named; without accounts there is `default`")
  func accounts() throws {
    // Not filled in: an account that is named goes before the environment's.
    #expect(try stream("", before: "accounts: { acme: {} }\n").account == nil)
    #expect(try stream("account: acme", before: "accounts: { acme: {}, b: {} }\n").account == "acme")
    #expect(try stream("account: default").account == nil)
  }

  @Test("Every stream type", arguments: StreamType.allCases)
  func types(type: StreamType) throws {
    #expect(try stream("stream_type: \(type.rawValue)").streamType == type)
  }

  @Test("It begins now, at the beginning, at a position")
  func positions() throws {
    #expect(try stream("from: now").from == .position(.now))
    #expect(try stream("from: beginning").from == .position(.beginning))
    #expect(try stream("from: 30400984754258517").from == .position(StreamPosition("30400984754258517")))
    let historic = "1451002006632;4bdb8971-089a-4886-905e-0fdf1cce03d8"
    #expect(try stream("from: \(historic)").from == .position(StreamPosition(historic)))
  }

  @Test("On admin_logs it begins at a time too")
  func times() throws {
    let time = try #require(Timestamp("2026-01-05T09:00:00Z"))
    #expect(try stream("stream_type: admin_logs, from: 2026-01-05T09:00:00Z").from == .time(time))
    #expect(try stream("stream_type: admin_logs, from: -24h").from == .ago(.seconds(86_400)))
  }

  @Test("Users stand in the file, or one a line in another")
  func users() throws {
    #expect(try stream("as_user: [1, \"002\"]").asUsers == ["1", "002"])
    let workshop = try Workshop()
    try workshop.write("users.txt", "# people\n11\n\n 12  \r\n13")
    #expect(
      try workshop.load("streams: { p: { as_user_file: users.txt } }").streams.first?.asUsers == ["11", "12", "13"])
  }

  @Test("An account that the file does not have is told")
  func noAccounts() throws {
    #expect(
      try mistakes("streams: { one: { account: acme } }")
        == [#"1:28: streams.one.account: expected default, since `accounts` names none, got "acme""#])
  }

  static let badUserFiles: [(String, String)] = [
    (
      "11\nada",
      #"1:31: streams.p.as_user_file: line 2 of "FOLDER/users.txt": expected an id of digits such as 11446498, got "ada""#
    ),
    (
      "11 12",
      #"1:31: streams.p.as_user_file: line 1 of "FOLDER/users.txt": expected an id of digits such as 11446498, got "11 12""#
    ),
    ("11\n12\n11", #"1:31: streams.p.as_user_file: line 3 of "FOLDER/users.txt": "11" stands in line 1 already"#),
    ("# none\n", #"1:31: streams.p.as_user_file: "FOLDER/users.txt" has no user ids; write one on each line"#),
  ]

  @Test("A file of users has ids only, each once", arguments: badUserFiles)
  func badUsers(text: String, message: String) throws {
    let workshop = try Workshop()
    try workshop.write("users.txt", text)
    #expect(try workshop.mistakes("streams: { p: { as_user_file: users.txt } }") == [message])
  }

  @Test("A file of users that is not there is an error")
  func missingUsers() throws {
    #expect(
      try mistakes("streams: { p: { as_user_file: users.txt } }")
        == [#"1:31: streams.p.as_user_file: "FOLDER/users.txt" does not exist"#])
  }

  static let wrong: [(String, String)] = [
    ("account: acm", #"3:19: streams.one.account: expected an account: acme or beta, got "acm"; did you mean "acme"?"#),
    ("", "3:8: streams.one: account is missing: acme or beta"),
    (
      "account: acme, stream_type: admin_log",
      #"3:38: streams.one.stream_type: expected all, changes, sync, admin_logs or admin_logs_streaming, got "admin_log"; did you mean "admin_logs"?"#
    ),
    (
      "account: acme, from: yesterday",
      #"3:31: streams.one.from: expected now, beginning, a stream position, or a time such as 2026-01-05T09:00:00Z or -24h, got "yesterday""#
    ),
    (
      "account: acme, from: 2026-01-05",
      #"3:31: streams.one.from: expected now, beginning, a stream position, or a time such as 2026-01-05T09:00:00Z or -24h, got "2026-01-05""#
    ),
    (
      "account: acme, from: -1h",
      "3:31: streams.one.from: a time is for admin_logs only: no other stream can be asked for one. Here (all) expected now, beginning or a stream position"
    ),
    (
      "account: acme, rules: [securty]",
      #"3:33: streams.one.rules: expected a rule set: security or files, got "securty"; did you mean "security"?"#
    ),
    ("account: acme, rules: security", "3:32: streams.one.rules: expected a list of rule sets, got text"),
    ("account: acme, rules: []", "3:32: streams.one.rules: expected a list of rule sets, got an empty one"),
    ("account: acme, rules: [files, files]", #"3:40: streams.one.rules: "files" stands twice in the list"#),
    (
      "account: acme, as_user: 12",
      #"3:34: streams.one.as_user: expected a list of user ids such as ["11446498"], got text"#
    ),
    ("account: acme, as_user: [x]", #"3:35: streams.one.as_user: expected an id of digits such as 11446498, got "x""#),
    (
      "account: acme, as_user: [1], as_user_file: u",
      "3:53: streams.one.as_user_file: as_user and as_user_file exclude each other; keep one"
    ),
    (
      "account: acme, as_user: [1, 2], stream_type: admin_logs",
      "3:34: streams.one.as_user: admin_logs is the enterprise's, the same for each of these users; name one of its administrators"
    ),
    ("account: acme, form: now", #"3:25: streams.one: unknown key "form"; did you mean "from"?"#),
  ]

  @Test("What is wrong is told with its place", arguments: wrong)
  func mistake(keys: String, message: String) throws {
    let yaml = "accounts: { acme: {}, beta: {} }\nstreams:\n  one: { \(keys) }\nrules: { security: s, files: f }"
    #expect(try mistakes(yaml) == [message])
  }

  @Test("A stream that names rules where the file has none says so")
  func noRules() throws {
    #expect(
      try mistakes("streams: { one: { rules: [a] } }")
        == [#"1:27: streams.one.rules: expected a rule set, but `rules` has none, got "a""#])
  }

  @Test("Rules are sets by name, or one path or a list of them, which are the set `default`")
  func ruleForms() throws {
    #expect(try load("rules: /r").ruleSets == [.init(name: "default", paths: ["/r"])])
    #expect(try load("rules: [/a.lua, /b/]").ruleSets == [.init(name: "default", paths: ["/a.lua", "/b/"])])
    #expect(
      try load("rules: { one: /a, two: [/b, /c] }").ruleSets
        == [.init(name: "one", paths: ["/a"]), .init(name: "two", paths: ["/b", "/c"])])
    #expect(try stream("rules: [default]", before: "rules: /r\n").rules == ["default"])
  }

  @Test(
    "Rules of another form are told",
    arguments: [
      ("rules: []", "1:8: rules: expected a list of paths, got an empty one"),
      ("rules: [{}]", "1:9: rules: expected a rule file's or a folder's path, got a mapping"),
      ("rules: { one: { two: x } }", "1:15: rules.one: expected a rule file's or a folder's path, got a mapping"),
      ("rules: { one: [a, a] }", #"1:19: rules.one: "a" stands twice in the list"#),
      ("rules: \"\"", #"1:8: rules: expected a rule file's or a folder's path, got """#),
    ])
  func badRules(yaml: String, message: String) throws {
    #expect(try mistakes(yaml) == [message])
  }
}
