import ConfigurationFile
import Testing

@Suite("YAML")
struct SyntaxTests {
  static let wrong: [(String, String)] = [
    ("output: [a", "2:1: YAML: while parsing a flow sequence did not find expected ',' or ']'"),
    ("output: a\n  state: b", "2:8: YAML: mapping values are not allowed in this context"),
    ("output: *nowhere", "1:9: YAML: found undefined alias"),
    ("output: a\n---\nstate: b", "2:1: YAML: expected a single document in the stream but found another document"),
    ("output: a\nstate: b\noutput: c", #"1:1: "output" stands here and again in the same mapping; keep one"#),
    ("log:\n  level: info\n  \"level\": warning", #"2:3: "level" stands here and again in the same mapping; keep one"#),
    (
      "log:\n\tlevel: info",
      "2:1: YAML: while scanning for the next token found character that cannot start any token; YAML indents with spaces, not with tabs"
    ),
    (
      "secrets: { s: ${TOKEN} }",
      #"1:16: YAML: while parsing a flow mapping did not find expected ',' or '}'; inside { } a "${NAME}" needs quotes"#
    ),
    ("output: a\nstate: \u{1}", "2:8: YAML: control characters are not allowed"),
    ("output: !include x", #"1:9: the tag "!include" has no meaning here; leave it out"#),
    ("? [a, b]\n: c", "1:3: expected a name before the colon, got a list or a mapping"),
    (
      "<<: {}",
      #"1:1: unknown key "<<"; known here: accounts, rules, streams, sinks, alerts, allow, budgets, secrets, output, state, durability, metrics, log"#
    ),
  ]

  @Test("What YAML does not allow is told with its place", arguments: wrong)
  func mistake(yaml: String, message: String) throws {
    #expect(try mistakes(yaml) == [message])
  }

  @Test("A message of YAML does not show the line: a secret may stand there")
  func noSnippet() throws {
    let found = try mistakes("secrets:\n  key: hunter2\n  other: {hunter2: [hunter2")
    #expect(found.count == 1)
    #expect(found.first?.contains("hunter2") == false)
  }

  @Test("Bytes that are no UTF-8 are told with their line")
  func encoding() throws {
    let workshop = try Workshop()
    try workshop.write("boxwatch.yaml", Array("output: a\nstate: ".utf8) + [0xFF])
    let error = #expect(throws: ConfigurationError.self) {
      try BoxwatchConfiguration.load(workshop.file) { _ in nil }
    }
    #expect(error?.kind == .invalid)
    #expect(error?.description == "\(workshop.file):2:1: this line is not valid UTF-8; save the file as UTF-8")
  }

  @Test("A byte order mark and Windows' line ends do no harm")
  func byteOrderMark() throws {
    #expect(try load("\u{FEFF}output: /a\r\nstate: /b\r\n").state == "/b")
    #expect(try mistakes("\u{FEFF}output: /a\r\nstat: /b\r\n") == [#"2:1: unknown key "stat"; did you mean "state"?"#])
  }

  @Test("An anchor's value stands for itself")
  func aliases() throws {
    let streams = try load("streams: { a: &x { stream_type: sync }, b: *x }").streams
    #expect(streams.map(\.streamType) == [.sync, .sync])
    #expect(
      try mistakes("streams: { a: &x { from: hm }, b: *x }").map { String($0.prefix(24)) }
        == ["1:26: streams.a.from: ex", "1:26: streams.b.from: ex"])
  }

  @Test("Aliases of aliases do not take the memory away")
  func laughs() throws {
    var yaml = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for (last, next) in zip("abcdefgh", "bcdefghi") {
      yaml += "\(next): &\(next) [\(Array(repeating: "*\(last)", count: 10).joined(separator: ", "))]\n"
    }
    #expect(try mistakes(yaml) == ["has more than 100000 values, aliases counted each time"])
  }

  @Test("Lists in lists without end are refused")
  func depth() throws {
    #expect(try mistakes("output: " + String(repeating: "[", count: 100_000)).count == 1)
    #expect(
      try mistakes("output: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)).count == 1)
  }

  @Test("A file that is not there, a folder and a file without end are told")
  func files() throws {
    let workshop = try Workshop()
    let missing = #expect(throws: ConfigurationError.self) {
      try BoxwatchConfiguration.load(workshop.file) { _ in nil }
    }
    #expect(missing?.kind == .missingFile)
    #expect(missing?.description == "\(workshop.file): does not exist")
    let folder = #expect(throws: ConfigurationError.self) {
      try BoxwatchConfiguration.load(workshop.folder) { _ in nil }
    }
    #expect(folder?.kind == .invalid)
    #expect(folder?.description == "\(workshop.folder): is a folder, not a file")
    #expect(try workshop.mistakes(String(repeating: "#\n", count: 600_000)) == ["is larger than 1024 KiB"])
  }

  @Test("A message quotes the file on one line, harmless and cut")
  func quoting() throws {
    #expect(
      try mistakes(#"durability: "a\"\n\e[31m\u202E""#)
        == [#"1:13: durability: expected normal or full, got "a\"\u{a}\u{1b}[31m\u{202e}""#])
    let long = String(repeating: "x", count: 201)
    #expect(try mistakes("durability: \(long)").first?.hasSuffix("got \"\(long.dropLast())…\"") == true)
  }
}
