import BoxClient

extension BoxwatchConfiguration {
  /// A place for alerts.
  public struct Sink: Sendable, Hashable {
    public var name: String
    public var kind: Kind

    public init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }

    /// What is there without being named.
    public static let builtIn = [
      Sink(name: "log", kind: .log), Sink(name: "alerts", kind: .file(path: "alerts.jsonl")),
    ]

    public enum Kind: Sendable, Hashable {
      case log
      /// The path is below the output directory.
      case file(path: String)
      case slack(url: Secret)
      case teams(url: Secret)
      case webhook(url: Secret, hmacSecret: Secret?)
      /// `url`: another address than PagerDuty's usual one, such as that of its EU region.
      case pagerduty(routingKey: Secret, url: String? = nil)
      case email(to: [String], from: String)
      /// The program's absolute path and its arguments.
      case exec(command: [String])

      /// Whether alerts stay in the log and below the output directory.
      public var isLocal: Bool {
        switch self {
        case .log, .file: true
        default: false
        }
      }
    }
  }

  /// Which sinks an alert goes to that names none itself.
  public struct AlertRouting: Sendable, Hashable {
    public var `default` = ["log", "alerts"]
    /// The sinks of severities that have their own.
    public var routes: [AlertSeverity: [String]] = [:]

    public init() {}
  }

  public enum AlertSeverity: String, Sendable, CaseIterable {
    case info, low, medium, high, critical
  }
}
