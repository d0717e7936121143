import BoxClient
import Testing

@testable import ConfigurationFile

@Suite("Permissions, budgets and the rest")
struct LimitTests {
  @Test("Budgets are durations, sizes and counts")
  func budgets() throws {
    let budgets = try load(
      "budgets: { cpu: 10s, wait: 1h30m, memory: 10M, total_memory: 2gib, load: 0.5, backlog: 1, dedup_ids: 7, "
        + "calls_per_minute: 0 }"
    ).budgets
    #expect(budgets.cpu == .seconds(10) && budgets.wait == .seconds(5400) && budgets.load == .milliseconds(500))
    #expect(budgets.memory == 10_485_760 && budgets.totalMemory == 2_147_483_648)
    #expect(budgets.backlog == 1 && budgets.dedupIDs == 7 && budgets.callsPerMinute == 0)
  }

  @Test(
    "A size is bytes, or has a unit of a power of 1024",
    arguments: [("65536", 65536), ("64k", 65536), ("64KiB", 65536), ("1G", 1 << 30)])
  func sizes(text: String, bytes: Int) throws {
    #expect(try load("budgets: { memory: \(text) }").budgets.memory == bytes)
  }

  static let wrong: [(String, String)] = [
    (
      "budgets: { cpu: fast }",
      #"1:17: budgets.cpu: expected a duration above 0 and of 10s at most, such as 250ms, got "fast""#
    ),
    (
      "budgets: { cpu: 250 }",
      #"1:17: budgets.cpu: expected a duration above 0 and of 10s at most, such as 250ms, got "250""#
    ),
    (
      "budgets: { wait: 0s }", #"1:18: budgets.wait: expected a duration above 0 such as 250ms, 60s or 1h30m, got "0s""#
    ),
    (
      "budgets: { load: -1 }",
      #"1:18: budgets.load: expected a duration above 0 and of 10s at most, such as 250ms, got "-1""#
    ),
    (
      "budgets: { memory: 64MB }",
      #"1:20: budgets.memory: expected a size above 0 in bytes, or with K, M, G, KiB, MiB or GiB, such as 64MiB, got "64MB""#
    ),
    (
      "budgets: { memory: 0 }",
      #"1:20: budgets.memory: expected a size above 0 in bytes, or with K, M, G, KiB, MiB or GiB, such as 64MiB, got "0""#
    ),
    (
      "budgets: { memory: 64 }",
      "1:20: budgets.memory: memory is 64 bytes, less than any rule file needs; a unit may be missing, as in 64MiB"
    ),
    (
      "budgets: { memory: 99999999999G }",
      #"1:20: budgets.memory: expected a size above 0 in bytes, or with K, M, G, KiB, MiB or GiB, such as 64MiB, got "99999999999G""#
    ),
    (
      "budgets: { memory: 2G }",
      "1:20: budgets.memory: total_memory (1073741824 bytes) is less than memory, which one rule file may take (2147483648 bytes)"
    ),
    (
      "budgets: { total_memory: 1M }",
      "1:26: budgets.total_memory: total_memory (1048576 bytes) is less than memory, which one rule file may take (67108864 bytes)"
    ),
    ("budgets: { backlog: 0 }", #"1:21: budgets.backlog: expected a whole number above 0, got "0""#),
    ("budgets: { dedup_ids: 1e5 }", #"1:23: budgets.dedup_ids: expected a whole number above 0, got "1e5""#),
    (
      "budgets: { calls_per_minute: -1 }",
      #"1:30: budgets.calls_per_minute: expected a whole number, 0 for no ceiling, got "-1""#
    ),
    ("budgets: { cpus: 1s }", #"1:12: budgets: unknown key "cpus"; did you mean "cpu"?"#),
    ("budgets: 5", "1:10: budgets: expected a mapping such as { cpu: 250ms }, got text"),
    ("allow: { box_write: yes }", #"1:21: allow.box_write: expected true or false, got "yes""#),
    (
      "allow: { http: [https://a.example] }",
      #"1:17: allow.http: expected a host such as hooks.example.com, *.example.com or 127.0.0.1:8080, without scheme and path, got "https://a.example""#
    ),
    (
      "allow: { http: [\"*\"] }",
      #"1:17: allow.http: expected a host such as hooks.example.com, *.example.com or 127.0.0.1:8080, without scheme and path, got "*""#
    ),
    (
      "allow: { http: [a.example/x] }",
      #"1:17: allow.http: expected a host such as hooks.example.com, *.example.com or 127.0.0.1:8080, without scheme and path, got "a.example/x""#
    ),
    (
      "allow: { exec: [scan] }",
      #"1:17: allow.exec: expected a program's absolute path such as /usr/local/bin/page, got "scan""#
    ),
    ("allow: { write: true }", #"1:10: allow: unknown key "write"; known here: box_write, http, exec"#),
    ("output: []", "1:9: output: expected a path, got a list"),
    ("state: \"\"", #"1:8: state: expected a path, got """#),
    ("durability: ful", #"1:13: durability: expected normal or full, got "ful"; did you mean "full"?"#),
    ("metrics: 9464", #"1:10: metrics: expected HOST:PORT such as 127.0.0.1:9464 or [::1]:9464, got "9464""#),
    (
      "metrics: localhost:65536",
      #"1:10: metrics: expected HOST:PORT such as 127.0.0.1:9464 or [::1]:9464, got "localhost:65536""#
    ),
    (
      "metrics: http://localhost:1",
      #"1:10: metrics: expected HOST:PORT such as 127.0.0.1:9464 or [::1]:9464, got "http://localhost:1""#
    ),
    (
      "log: { level: warn }",
      #"1:15: log.level: expected trace, debug, info, notice, warning, error or critical, got "warn""#
    ),
    ("log: { format: xml }", #"1:16: log.format: expected text or json, got "xml""#),
    ("log: info", "1:6: log: expected the keys level and format, got text"),
    ("log: { levle: info }", #"1:8: log: unknown key "levle"; did you mean "level"?"#),
    ("[]", "1:1: expected a mapping of keys such as accounts and streams, got a list"),
    ("hello", "1:1: expected a mapping of keys such as accounts and streams, got text"),
  ]

  @Test("What is wrong is told with its place", arguments: wrong)
  func mistake(yaml: String, message: String) throws {
    #expect(try mistakes(yaml) == [message])
  }

  @Test("Hosts are names, wildcards and addresses, with or without a port")
  func hosts() throws {
    let hosts = try load("allow: { http: [Hooks.Example.com, \"*.a.b:8443\", 127.0.0.1, \"[::1]:80\", localhost] }")
      .allow
    #expect(hosts.httpHosts == ["hooks.example.com", "*.a.b:8443", "127.0.0.1", "[::1]:80", "localhost"])
    #expect(try load("allow: { http: [], exec: [], box_write: true }").allow.boxWrite)
  }

  @Test("The rest is read")
  func rest() throws {
    let configuration = try load(
      "output: /o\nstate: /s\ndurability: full\nmetrics: \"[::1]:0\"\nlog: { level: debug, format: json }")
    #expect(configuration.output == "/o" && configuration.state == "/s")
    #expect(configuration.durability == .full)
    #expect(configuration.metrics == .init(host: "::1", port: 0))
    #expect(configuration.log.level == .debug && configuration.log.format == .json)
  }

  @Test("Paths are relative to the file's folder, a file in the current folder leaves them as they are")
  func paths() throws {
    let workshop = try Workshop()
    let configuration = try workshop.load(
      "output: out\nstate: ../s\nrules: r\nsinks: { f: { type: file, path: f.jsonl } }")
    #expect(configuration.output == workshop.folder + "/out")
    #expect(configuration.state == workshop.folder + "/../s")
    #expect(configuration.ruleSets.first?.paths == [workshop.folder + "/r"])
    #expect(configuration.sinks.last?.kind == .file(path: "f.jsonl"))
    let here = ReadingContext(file: "boxwatch.yaml") { _ in nil }
    #expect(here.resolved("rules") == "rules" && here.resolved("/rules") == "/rules")
  }
}
