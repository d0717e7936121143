import BoxClient
import LuaHost

/// `boxwatch replay`: the engine over recorded events, by their own clock.
public struct Replay {
  public struct Summary: Sendable {
    public var events = 0
    public var repeated = 0
    public var badLines = 0
    public var failures = 0
    public var shadowAlerts = 0
    public var suppressedAlerts = 0
    public var parkedEvents = 0
  }

  /// What was read of the recording at once.
  public struct Page: Sendable {
    public let events: Events
    /// The entries that were handled.
    public let fresh: [Int]
  }

  /// How many ids are remembered: 24 bytes each, 200 MB at the most.
  public static let seenEvents = 8_000_000

  private let engine: RuleEngine
  /// Ids that repeat are handled once.
  private var seen: SeenEvents
  public private(set) var summary = Summary()

  /// - Parameter seen: what was handled before.
  public init(engine: RuleEngine, seen: SeenEvents = SeenEvents(capacity: seenEvents)) {
    self.engine = engine
    self.seen = seen
  }

  /// Handles all that was recorded. `take` gets what the rule files did, page by page, and without a page what they did
  /// at the start and the end; `progress` is told after each page.
  public mutating func run(
    _ recording: consuming RecordedEvents, take: ([RuleEngine.FileResult], Page?) async throws -> Void,
    badLine: (String) -> Void, progress: (_ read: Int, _ total: Int?, _ events: Int) -> Void
  ) async throws {
    var isStarted = false
    var reader = PageReader(recording)
    while let page = try await reader.next() {
      if !isStarted,
        let first = page.recorded.events.entries.lazy.compactMap({ $0.createdAt.flatMap { Timestamp($0) } }).first
      {
        isStarted = true
        try await hand(await engine.start(at: first), nil, take)
      }
      for line in page.recorded.badLines { badLine("\(line)") }
      summary.badLines += page.recorded.badLines.count
      let entries = page.recorded.events.entries
      let fresh = seen.insert(page.recorded.events)
      summary.events += fresh.count
      summary.repeated += entries.count - fresh.count
      let results = await engine.handle(page.recorded.events, fresh: fresh, stream: "default", isReplayed: true)
      try await hand(results, Page(events: page.recorded.events, fresh: fresh), take)
      progress(page.bytesRead, page.totalBytes, summary.events)
    }
    if !isStarted { try await hand(await engine.start(), nil, take) }
    try await hand(await engine.stop(), nil, take)
    for file in engine.files {
      summary.shadowAlerts += await file.shadowAlerts
      summary.suppressedAlerts += await file.suppressedAlerts
      summary.parkedEvents += await file.parkedEvents
    }
  }

  private mutating func hand(
    _ results: [RuleEngine.FileResult], _ page: Page?,
    _ take: ([RuleEngine.FileResult], Page?) async throws -> Void
  ) async throws {
    for one in results {
      for outcome in one.result.outcomes where outcome.failure.map({ $0.fate != .quarantined }) ?? false {
        summary.failures += 1
      }
    }
    try await take(results, page)
  }
}

/// Reads one page ahead on a thread of the shared pool, while the rules work on the one before.
private struct PageReader {
  struct Page: Sendable {
    let recorded: RecordedPage
    let bytesRead: Int
    let totalBytes: Int?
  }

  private let reader: Reader
  private var ahead: Task<Page?, any Error>

  init(_ recording: consuming RecordedEvents) {
    let reader = Reader(recording)
    self.reader = reader
    ahead = Task { try await reader.next() }
  }

  mutating func next() async throws -> Page? {
    let page = try await ahead.value
    if page != nil { ahead = Task { [reader] in try await reader.next() } }
    return page
  }

  private actor Reader {
    private var recording: RecordedEvents

    init(_ recording: consuming RecordedEvents) { self.recording = recording }

    func next() throws -> Page? {
      guard let page = try recording.next() else { return nil }
      return Page(recorded: page, bytesRead: recording.bytesRead, totalBytes: recording.totalBytes)
    }
  }
}
