extension BoxSimulator {
  /// How a simulator is set up. Every default is what `boxwatch simulate` has (CLI.md).
  public struct Configuration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 is any free one.
    public var port = 0
    /// The seed of everything that is drawn: events, ids, faults.
    public var seed: UInt64 = 1
    /// Events per second that are generated while the simulator runs; 0 is none.
    public var rate = 0.0
    /// Events that `all` and each enterprise stream hold at the start, generated over the three days before it.
    public var backlog = 200
    /// A JSON Lines file whose events stand in place of the generated backlog.
    public var eventsFile: String?
    /// Event texts that stand in place of the generated backlog, after those of `eventsFile`.
    public var events: [String]?
    /// The bearer token that is taken, beside those that the simulator issues. Nil: any.
    public var token: String?
    /// The app that POST /oauth2/token knows.
    public var app = App()
    /// The client secret that POST /oauth2/token takes. Nil: any.
    public var clientSecret: String? {
      get { app.clientSecret }
      set { app.clientSecret = newValue }
    }
    /// What the account may not: such calls get 403.
    public var withheld: Set<Right> = []
    /// How long issued tokens are valid.
    public var tokenLifetime: Duration = .seconds(4123)
    /// Faults that happen from the start, with their probabilities.
    public var faults: [FaultKind: Double] = [:]
    /// How late the answer is under the fault `slow`.
    public var slowDelay: Duration = .seconds(2)
    public var realtime = Realtime()
    /// How long events are held back on `admin_logs` and `admin_logs_streaming`. Box's own are about 60 s and 12 s
    /// (PROTOCOL.md §3, "Streams").
    public var adminLogsBuffer: Duration = .zero
    public var adminLogsStreamingBuffer: Duration = .zero
    /// How long the streams keep events (PROTOCOL.md §3, "Streams").
    public var retention: [StreamType: Duration] = Configuration.documentedRetention
    /// The time of day, in microseconds since 1970.
    public var clock: @Sendable () -> Int64 = WallClock.microseconds

    /// What an admin or the developer console may withhold (PROTOCOL.md §5, 403).
    public enum Right: Sendable {
      /// `admin_logs` and `admin_logs_streaming`.
      case enterpriseEvents
      /// The header `As-User`.
      case asUser
    }

    public init() {}

    /// The windows that Box's guide names.
    public static let documentedRetention: [StreamType: Duration] = [
      .all: .seconds(21 * 86400), .changes: .seconds(21 * 86400), .sync: .seconds(31 * 86400),
      .adminLogs: .seconds(365 * 86400), .adminLogsStreaming: .seconds(14 * 86400),
    ]

    func buffer(of type: StreamType) -> Duration {
      switch type {
      case .all, .changes, .sync: .zero
      case .adminLogs: adminLogsBuffer
      case .adminLogsStreaming: adminLogsStreamingBuffer
      }
    }

    func visibility(of type: StreamType) -> Visibility {
      Visibility(
        now: clock(), retention: (retention[type] ?? .seconds(365 * 86400)).microseconds,
        buffer: buffer(of: type).microseconds)
    }
  }

  /// What OPTIONS /2.0/events says of the real-time server, and how that server behaves (PROTOCOL.md §1, §2).
  public struct Realtime: Sendable {
    /// Minutes for which a channel is available; polls on an older one get `reconnect`.
    public var ttl = 10
    /// Polls that a channel takes after its first; the next one gets `max_retries`.
    public var maxRetries = 10
    /// Seconds after which a client gives up a poll. Only told to clients.
    public var retryTimeout = 610
    /// How long a poll without news is held before it gets `reconnect`.
    public var hold: Duration = .seconds(600)
    /// Whether `ttl` and `max_retries` are JSON strings, as in Box's specification, or numbers, as in its guide.
    public var numbersAsStrings = true

    public init() {}
  }
}
