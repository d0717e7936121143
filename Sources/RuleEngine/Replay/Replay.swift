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

  private let engine: RuleEngine
  /// Ids that repeat are handled once. Bounded all the same: 24 bytes an event, 200 MB at the most.
  private var seen = SeenEvents(capacity: 8_000_000)
  public private(set) var summary = Summary()

  public init(engine: RuleEngine) { self.engine = engine }

  /// Handles all that was recorded. `take` gets what the handlers did, page by page; `progress` is told after each page.
  public mutating func run(
    _ recording: consuming RecordedEvents, take: ([Outcome]) async throws -> Void,
    badLine: (String) -> Void, progress: (_ read: Int, _ total: Int?, _ events: Int) -> Void
  ) async throws {
    var isStarted = false
    var reader = PageReader(recording)
    while let page = try await reader.next() {
      if !isStarted,
        let first = page.recorded.events.entries.lazy.compactMap({ $0.createdAt.flatMap { Timestamp($0) } }).first
      {
        isStarted = true
        try await hand(await engine.start(at: first).outcomes, take)
      }
      for line in page.recorded.badLines { badLine("\(line)") }
      summary.badLines += page.recorded.badLines.count
      let entries = page.recorded.events.entries
      let fresh = entries.indices.filter { seen.insert(entries[$0].digest) }
      summary.events += fresh.count
      summary.repeated += entries.count - fresh.count
      try await hand(
        await engine.handle(page.recorded.events, fresh: fresh, stream: "default", isReplayed: true).outcomes, take)
      progress(page.bytesRead, page.totalBytes, summary.events)
    }
    if !isStarted { try await hand(await engine.start().outcomes, take) }
    try await hand(await engine.stop().outcomes, take)
    for file in engine.files {
      summary.shadowAlerts += await file.shadowAlerts
      summary.suppressedAlerts += await file.suppressedAlerts
      summary.parkedEvents += await file.parkedEvents
    }
  }

  private mutating func hand(_ outcomes: [Outcome], _ take: ([Outcome]) async throws -> Void) async throws {
    guard !outcomes.isEmpty else { return }
    for outcome in outcomes where outcome.failure.map({ $0.fate != .quarantined }) ?? false { summary.failures += 1 }
    try await take(outcomes)
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
