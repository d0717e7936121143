import BoxClient
import Delivery
import Testing

@testable import RuleEngine

/// Rule files that run by the time of day, as `boxwatch run` runs them.
struct LiveRules {
  let folder: RuleFolder
  let services: ScriptedServices
  let engine: RuleEngine
  let problems: [RuleProblem]

  /// The only file.
  var file: RuleFile {
    get throws { try #require(engine.files.first) }
  }

  /// Loads rule files and hands them to a test.
  ///
  /// - Parameters:
  ///   - texts: by their names below the rules' folder.
  ///   - remembered: what the ledger kept of the only file.
  static func run(
    _ texts: KeyValuePairs<String, String>, shared: [StateCell] = [], remembered: RememberedState = .none,
    options change: (inout RuleOptions) -> Void = { _ in }, _ body: (LiveRules) async throws -> Void
  ) async throws {
    let folder = try RuleFolder(texts)
    let services = ScriptedServices()
    var options = RuleOptions()
    change(&options)
    let (engine, problems) = await RuleEngine.load(
      try folder.sources(), options: options, services: services, sharedCells: shared)
    await engine.restore { _ in remembered }
    let rules = LiveRules(folder: folder, services: services, engine: engine, problems: problems)
    do {
      try await body(rules)
    } catch {
      services.gate.open()
      await engine.close()
      throw error
    }
    services.gate.open()
    await engine.close()
  }

  /// Brings a page of events with these ids to the only file.
  @discardableResult
  func handle(
    _ ids: String..., type: String = "DOWNLOAD", at time: String = "09:00", allowance: Duration? = nil
  ) async throws -> WorkResult {
    try #require(await handle(Self.page(ids, type: type, at: time), allowance: allowance).first)
  }

  /// What each file did, in their order.
  func handle(_ page: Events, allowance: Duration? = nil) async -> [WorkResult] {
    await engine.handle(page, fresh: Array(page.entries.indices), stream: "default", allowance: allowance)
      .map(\.result)
  }

  func reload() async throws -> RuleEngine.Reload {
    await engine.reload(try folder.sources()) { _ in .none }
  }

  /// - Parameter time: hour and minute of all of them.
  static func page(_ ids: [String], type: String = "DOWNLOAD", at time: String = "09:00") throws -> Events {
    let events = ids.map { id in
      """
      {"event_id":"\(id)","event_type":"\(type)","created_at":"2026-01-05T\(time):00Z","created_by":{"id":"7"}}
      """
    }
    return try Events(array: PaddedBytes("[\(events.joined(separator: ","))]".utf8))
  }

  /// An entry of a backlog.
  static func waiting(_ id: String, handlers: [String] = [], attempt: Int = 1) throws -> BacklogEvent {
    BacklogEvent(
      events: try page([id]), stream: "default", handlers: handlers, attempt: attempt, isReplayed: false)
  }
}

extension WorkResult {
  /// What handlers appended to files, in order.
  var written: [String] {
    outcomes.flatMap(\.effects).compactMap { effect in
      if case .append(_, let bytes, _, _) = effect { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
  }

  var failures: [RuleFailure] { outcomes.compactMap(\.failure) }
  var fates: [RuleFailure.Fate] { failures.map(\.fate) }

  /// What `box.kv` holds under a key by these cells: JSON text.
  func stored(_ key: String) -> String? { RuleState(cells: cells).stored(key) }
}

extension RuleState {
  func stored(_ key: String) -> String? {
    keyValues.entries[ByteKey(key)].map { String(decoding: $0.value, as: UTF8.self) }
  }
}

/// What a ledger holds of a rule file after its results were committed.
struct KeptCells {
  private var kept: [[UInt8]: StateCell] = [:]

  mutating func commit(_ result: WorkResult) { commit(result.cells) }

  mutating func commit(_ cells: [StateCell]) {
    for cell in cells {
      kept[Array(cell.part.rawValue.utf8) + [0] + cell.key] = cell.value == nil ? nil : cell
    }
  }

  var cells: [StateCell] { Array(kept.values) }

  /// For the next run.
  func remembered(backlog: Int = 0) -> RememberedState {
    RememberedState(cells: cells, quarantined: [], backlog: backlog)
  }
}
