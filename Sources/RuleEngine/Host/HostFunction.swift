/// What scripts, or the prelude on their behalf, can call. The raw value is the path below `box`; those below `host` are
/// seen by the prelude alone.
enum HostFunction: String, CaseIterable {
  case on, rule, every, after, cron, namespace, test, once, secret, position, sleep, exec
  case onNewChange = "on_new_change"
  case onStart = "on_start"
  case onStop = "on_stop"
  case log = "host.log"
  case alert = "host.alert"
  case fileAppend = "host.file_append"
  case fileCSV = "host.file_csv"
  case fileWrite = "host.file_write"
  case fileRead = "host.file_read"
  case kvGet = "host.kv_get"
  case kvSet = "host.kv_set"
  case kvIncrement = "host.kv_incr"
  case kvDelete = "host.kv_delete"
  case kvKeys = "host.kv_keys"
  case windowOpen = "host.window_open"
  case windowAdd = "host.window_add"
  case windowCount = "host.window_count"
  case windowDistinct = "host.window_distinct"
  case windowReset = "host.window_reset"
  case listOpen = "host.list_open"
  case listHas = "host.list_has"
  case listLines = "host.list_lines"
  case getEvents = "host.get_events"
  case checkQuery = "host.check_query"
  case getRealtimeServers = "host.get_events_with_long_polling"
  case api = "host.api"
  case http = "host.http"
  case webhook = "host.webhook"
  case timeNow = "host.time_now"
  case timeParse = "host.time_parse"
  case timeFormat = "host.time_format"
  case module = "host.module"
  case keepTest = "host.keep_test"
  case console = "host.console"
  case testSend = "host.t_send"
  case testAdvance = "host.t_advance"
  case testFixture = "host.t_fixture"
  case testMockEvents = "host.t_mock_events"
  case testMockHTTP = "host.t_mock_http"
  case testMockAPI = "host.t_mock_api"
  case testAlerts = "host.t_alerts"
  case testWebhooks = "host.t_webhooks"
  case testExecs = "host.t_execs"
  case testErrors = "host.t_errors"
  case testNewChange = "host.t_new_change"
  case testFile = "host.t_file"
  case testFiles = "host.t_files"
  case testKeyValue = "host.t_kv"

  /// By the numbers under which they are defined, with their names: made once, since every call of a script looks here.
  static let numbered = allCases.map { (function: $0, name: $0.name) }

  /// Whether it registers something while the file is loaded, and gives nothing back.
  var registers: Bool {
    switch self {
    case .on, .rule, .every, .after, .cron, .namespace, .test, .onNewChange, .onStart, .onStop: true
    default: false
    }
  }

  /// Whether a test calls it to have handlers run, or to look at what they did, which runs what was held back.
  var runsHandlers: Bool {
    switch self {
    case .testSend, .testAdvance, .testNewChange, .testAlerts, .testWebhooks, .testExecs, .testErrors, .testFile,
      .testFiles, .testKeyValue:
      true
    default: false
    }
  }

  /// Whether Box answers it.
  var asksBox: Bool {
    switch self {
    case .getEvents, .getRealtimeServers, .api: true
    default: false
    }
  }

  /// As messages call it.
  private var name: String {
    switch self {
    case .kvIncrement: "box.kv.incr"
    case .checkQuery: "box.events"
    case .windowOpen: "box.window"
    case .listOpen: "box.list"
    case .testAlerts: "t:expect_alerts"
    case .testWebhooks: "t:expect_webhook"
    case .testExecs: "t:expect_exec"
    case .testErrors: "t:expect_error"
    case .testFile, .testFiles: "t:expect_file"
    default:
      rawValue.hasPrefix("host.t_")
        ? "t:" + rawValue.dropFirst(7)
        : "box." + (rawValue.hasPrefix("host.") ? Self.dotted(rawValue.dropFirst(5)) : rawValue)
    }
  }

  /// `kv_get` is `kv.get`.
  private static func dotted(_ name: Substring) -> String {
    for group in ["kv", "file", "window", "list", "time"] where name.hasPrefix(group + "_") {
      return group + "." + name.dropFirst(group.count + 1)
    }
    return String(name)
  }
}
