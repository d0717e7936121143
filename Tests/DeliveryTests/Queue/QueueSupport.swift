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
    var loads: [Int64] = []
  }

  let state: Mutex<State>

  init(_ items: [OutboxItem] = []) {
    state = Mutex(State(pending: items))
  }

  var reports: [OutboxReport] { state.withLock { $0.reports } }
  var delivered: [Int64] { reports.flatMap(\.delivered) }
  var retried: [OutboxReport.Retry] { reports.flatMap(\.retried) }
  var parked: [OutboxReport.Parking] { reports.flatMap(\.parked) }

  @Sendable func load(after: Int64, limit: Int) async throws -> [OutboxItem] {
    state.withLock { state in
      state.loads.append(after)
      return Array(state.pending.filter { $0.id > after }.prefix(limit))
    }
  }

  @Sendable func report(_ report: OutboxReport) async throws {
    try state.withLock { state in
      guard state.failures == 0 else {
        state.failures -= 1
        throw DiskFull()
      }
      state.reports.append(report)
      let done = Set(report.delivered + report.parked.map(\.id))
      state.pending.removeAll { done.contains($0.id) }
    }
  }

  struct DiskFull: Error {}
}

func item(_ id: Int64, due: Int64 = 0, attempts: Int = 0, createdAt: Int64 = 0) -> OutboxItem {
  OutboxItem(id: id, key: "key \(id)", payload: .alert([]), attempts: attempts, createdAt: createdAt, due: due)
}
