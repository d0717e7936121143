import Delivery
import Synchronization

/// A clock that goes on only when somebody sleeps, and then at once.
final class TestClock: Sendable {
  private let time = Mutex<Int64>(1_000_000)
  var now: Int64 { time.withLock { $0 } }
  func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

  var clock: OutboxClock {
    OutboxClock(
      now: { self.now },
      sleep: { duration in
        await Task.yield()
        try Task.checkCancellation()
        self.advance(Int64(duration / .milliseconds(1)))
      })
  }
}

/// A sink that does what a test says, and remembers.
final class TestSink: DeliverySink {
  private let calls = Mutex<[[Int64]]>([])
  private let act: @Sendable ([OutboxItem]) async -> SinkAnswer

  init(_ act: @escaping @Sendable ([OutboxItem]) async -> SinkAnswer) {
    self.act = act
  }

  var delivered: [[Int64]] { calls.withLock { $0 } }

  func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    calls.withLock { $0.append(items.map(\.id)) }
    return await act(items)
  }
}

/// A ledger in memory: what is pending, and what it was told.
final class TestLedger: Sendable {
  struct State {
    var pending: [OutboxItem] = []
    var reports: [OutboxReport] = []
    var failures = 0
    var failedReads = 0
    var last: Int64 = 0
  }

  let state: Mutex<State>

  init(_ items: [OutboxItem] = []) {
    state = Mutex(State(pending: items))
  }

  var reports: [OutboxReport] { state.withLock { $0.reports } }
  var delivered: [Int64] { reports.flatMap(\.delivered) }
  var retried: [OutboxReport.Retry] { reports.flatMap(\.retried) }
  var parked: [OutboxReport.Parking] { reports.flatMap(\.parked) }

  @Sendable func load(_ request: OutboxRequest, limit: Int) async throws -> OutboxLoad {
    try state.withLock { state in
      guard state.failedReads == 0 else {
        state.failedReads -= 1
        throw DiskFull()
      }
      state.last = max(state.last, state.pending.map(\.id).max() ?? 0)
      return state.pending.load(request, limit: limit, last: state.last)
    }
  }

  @Sendable func report(_ report: OutboxReport) async throws {
    try state.withLock { state in
      guard state.failures == 0 else {
        state.failures -= 1
        throw DiskFull()
      }
      state.reports.append(report)
      for retry in report.retried {
        guard let index = state.pending.firstIndex(where: { $0.id == retry.id }) else { continue }
        let item = state.pending[index]
        state.pending[index] = OutboxItem(
          id: item.id, key: item.key, payload: item.payload, attempts: retry.attempts, createdAt: item.since,
          due: retry.due)
      }
      let done = Set(report.delivered + report.parked.map(\.id))
      state.pending.removeAll { done.contains($0.id) }
    }
  }

  struct DiskFull: Error {}
}

extension Array where Element == OutboxItem {
  /// What a ledger that holds these answers.
  /// - Parameter last: the id that was given last.
  func load(_ request: OutboxRequest, limit: Int, last: Int64) -> OutboxLoad {
    func load(_ own: [OutboxItem], nextDue: Int64? = nil) -> OutboxLoad {
      let part = own.prefix(limit)
      return OutboxLoad(
        Array(part), isAll: part.count < limit, through: part.last?.id ?? 0, last: last, nextDue: nextDue)
    }
    switch request {
    case .after(let id): return load(filter { $0.id > id })
    case .file(let path, let id): return load(filter { $0.id >= id && $0.payload.path == path })
    case .due(let now, let beyond):
      let due = filter { $0.attempts == 0 || $0.due <= now || $0.due > beyond }
      return load(
        due.sorted { (Swift.min($0.due, now), $0.id) < (Swift.min($1.due, now), $1.id) },
        nextDue: filter { $0.attempts > 0 && $0.due > now && $0.due <= beyond }.map(\.due).min())
    }
  }
}

func item(
  _ id: Int64, due: Int64 = 0, attempts: Int = 0, createdAt: Int64 = 0, payload: DeliveryPayload = .alert([])
) -> OutboxItem {
  OutboxItem(id: id, key: "key \(id)", payload: payload, attempts: attempts, createdAt: createdAt, due: due)
}

/// An append to a file.
func append(_ id: Int64, _ path: String) -> OutboxItem {
  item(id, payload: .append(path: path, bytes: [], rotation: nil, header: nil))
}
