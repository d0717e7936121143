import BoxClient
import Testing

@testable import Delivery

/// What of the pending deliveries is held in memory, played against a ledger.
@Suite("What an outbox holds")
struct OutboxHoldingTests {
  /// A machine with its ledger, and what it made of its deliveries.
  private struct Play {
    var machine: OutboxStateMachine
    var ledger: [OutboxItem] = []
    var now: Int64 = 0
    /// Every attempt that succeeded, in order.
    var delivered: [Int64] = []
    /// The files of all that was committed.
    var paths: [Int64: String?] = [:]

    init(_ order: OutboxOrder, capacity: Int) {
      machine = OutboxStateMachine(order: order, capacity: capacity, restoredUpTo: 0, seed: 1)
    }

    mutating func commit(_ items: [OutboxItem], isTold: Bool = true) {
      ledger += items
      for item in items { paths[item.id] = .some(item.payload.path) }
      if isTold { machine.add(items) }
    }

    /// What the sink made of items that the machine gave out.
    mutating func finish(_ items: [OutboxItem], _ results: [DeliveryResult]) {
      delivered += zip(items, results).filter { $0.1 == .delivered }.map(\.0.id)
      machine.finished(items, SinkAnswer(results), at: now)
    }

    mutating func succeed(_ items: [OutboxItem]) { finish(items, items.map { _ in .delivered }) }

    /// Writes down what was reported.
    mutating func flush() {
      let report = machine.takeReport()
      ledger.removeAll { report.delivered.contains($0.id) }
      for retry in report.retried {
        guard let index = ledger.firstIndex(where: { $0.id == retry.id }) else { continue }
        let old = ledger[index]
        ledger[index] = item(
          old.id, due: retry.due, attempts: retry.attempts, createdAt: old.since, payload: old.payload)
      }
    }

    /// - Returns: whether that brought something.
    mutating func load() -> Bool {
      flush()
      guard let (request, limit) = machine.beginLoading(at: now) else { return false }
      return machine.loaded(ledger.load(request, limit: limit, last: last), of: request)
    }

    /// The id that was given last.
    var last: Int64 { paths.keys.max() ?? 0 }

    /// As a sink has them: what comes behind a failure to the same file is not attempted.
    private func results(of items: [OutboxItem], _ answer: (OutboxItem) -> DeliveryResult) -> [DeliveryResult] {
      var failed: Set<String> = []
      return items.map { item in
        if let path = item.payload.path, failed.contains(path) { return .cancelled }
        let result = answer(item)
        if case .failedForNow = result, let path = item.payload.path { failed.insert(path) }
        return result
      }
    }

    /// Lets it work until it waits for longer than the given time, or for nothing.
    mutating func work(until end: Int64, _ answer: (OutboxItem) -> DeliveryResult) {
      while true {
        let hasMore = load()
        switch machine.next(at: now) {
        case .deliver(let items): finish(items, results(of: items, answer))
        case _ where hasMore: continue
        case .wait(let time) where time <= end: now = max(now, time)
        case .wait, .idle, .finished: return
        }
      }
    }
  }

  private let refused = DeliveryResult.failedForNow(DeliveryFailure("refused"))

  @Test("What is put off makes room: one that is new gets its turn behind any number of others that fail")
  func noStarvation() {
    var play = Play(.concurrent(), capacity: 10)
    play.commit((1...200).map { item($0) })
    play.work(until: 50) { _ in refused }
    #expect(play.machine.count <= 10 && play.ledger.allSatisfy { $0.attempts > 0 })
    play.commit([item(201, due: play.now)])
    play.work(until: play.now) { $0.id == 201 ? .delivered : refused }
    #expect(play.delivered == [201])
    // The others come back in their time, whatever of them is in memory.
    play.work(until: .max) { _ in .delivered }
    #expect(play.delivered.count == 201 && Set(play.delivered).count == 201 && play.ledger.isEmpty)
  }

  @Test("A file that waits keeps no other waiting, however much there is for it")
  func noStarvationOfFiles() {
    var play = Play(.inOrder(batch: 4), capacity: 10)
    play.commit((1...400).map { append($0, $0.isMultiple(of: 4) ? "free" : "locked") })
    play.work(until: 50) { $0.payload.path == "locked" ? refused : .delivered }
    #expect(play.delivered == Array(stride(from: Int64(4), through: 400, by: 4)))
    #expect(play.machine.count <= 10)
    // While it waits more comes for both.
    play.commit([append(401, "locked"), append(402, "free")])
    play.work(until: 50) { $0.payload.path == "locked" ? refused : .delivered }
    #expect(play.delivered.last == 402)
    play.work(until: .max) { _ in .delivered }
    #expect(play.delivered.suffix(301) == ((1...401).filter { !$0.isMultiple(of: 4) })[...] && play.ledger.isEmpty)
  }

  @Test("A clock that was ahead keeps nothing for longer than a day, in memory or not")
  func clockSetBack() {
    let day: Int64 = 24 * 3600 * 1000
    var play = Play(.concurrent(), capacity: 4)
    play.now = 10 * day
    play.commit((1...20).map { item($0, due: 10 * day) })
    play.work(until: 10 * day + 50) { _ in refused }
    play.now = day
    play.work(until: day + 50) { _ in .delivered }
    #expect(play.delivered.sorted() == Array(1...20))
  }

  @Test("However many files wait, one that does not gets its turn")
  func manyFilesWait() {
    var play = Play(.inOrder(batch: 4), capacity: 10)
    play.commit((1...100).map { append($0, $0 == 100 ? "free" : "locked \($0 % 50)") })
    play.work(until: 50) { $0.payload.path == "free" ? .delivered : refused }
    #expect(play.delivered == [100])
    play.commit([append(101, "free"), append(102, "locked 7")])
    play.work(until: 50) { $0.payload.path == "free" ? .delivered : refused }
    #expect(play.delivered == [100, 101])
    play.work(until: .max) { _ in .delivered }
    #expect(play.delivered.sorted() == Array(1...102) && play.ledger.isEmpty)
    #expect(play.delivered.filter { $0 % 50 == 7 || $0 == 102 } == [7, 57, 102])
  }

  @Test("What is under way keeps its place when the clock goes back")
  func clockGoesBackMeanwhile() throws {
    var play = Play(.inOrder(batch: 4), capacity: 8)
    play.now = 1000
    play.commit((1...12).map { item($0, due: 1000, attempts: 1, payload: append($0, "a").payload) })
    _ = play.load()
    guard case .deliver(let batch) = play.machine.next(at: play.now) else { throw Idle() }
    play.commit([append(13, "a")])
    play.now = 999
    _ = play.load()
    play.succeed(batch)
    play.work(until: .max) { _ in .delivered }
    #expect(play.delivered == Array(1...13))
  }

  @Test("One that cannot be read counts as read: those behind it are loaded too")
  func unreadable() throws {
    var machine = OutboxStateMachine(order: .inOrder(batch: 9), capacity: 4, restoredUpTo: 0, seed: 1)
    guard let (request, _) = machine.beginLoading(at: 0) else { throw Idle() }
    let items = [item(1), item(2), item(4)]
    let hasMore = machine.loaded(OutboxLoad(items, isAll: false, through: 4, last: 9), of: request)
    #expect(hasMore)
    _ = machine.next(at: 0)
    machine.finished(items, SinkAnswer(items.map { _ in .delivered }), at: 0)
    _ = machine.takeReport()
    let next = machine.beginLoading(at: 0)?.0
    #expect(next == .after(4))
  }

  @Test("What is committed while the last of a file is being read keeps its place")
  func committedWhileFileIsRead() throws {
    var play = Play(.inOrder(), capacity: 4)
    play.commit((1...4).map { append($0, "a") })
    play.work(until: 0) { _ in refused }
    #expect(!play.machine.holdings.leftBehind.isEmpty)
    play.now = 1_000_000
    while true {
      play.flush()
      guard let (request, limit) = play.machine.beginLoading(at: play.now) else { throw Idle() }
      let load = play.ledger.load(request, limit: limit, last: play.last)
      let isLast = load.items.isEmpty && load.isAll
      if isLast { play.commit([append(5, "a")]) }
      _ = play.machine.loaded(load, of: request)
      if isLast { break }
      while case .deliver(let items) = play.machine.next(at: play.now) {
        play.succeed(items)
      }
    }
    play.commit([append(6, "a")])
    play.work(until: .max) { _ in .delivered }
    #expect(play.delivered == Array(1...6) && play.ledger.isEmpty)
  }

  @Test("A load of nothing but what cannot be read is followed by another")
  func unreadableAlone() throws {
    for order in [OutboxOrder.inOrder(), .concurrent()] {
      var machine = OutboxStateMachine(order: order, capacity: 4, restoredUpTo: 0, seed: 1)
      guard let (request, _) = machine.beginLoading(at: 0) else { throw Idle() }
      let hasMore = machine.loaded(OutboxLoad([], isAll: false, through: 4, last: 9), of: request)
      #expect(hasMore)
      guard let (next, _) = machine.beginLoading(at: 0) else { throw Idle() }
      _ = machine.loaded(OutboxLoad([item(7)], isAll: true, through: 7, last: 9), of: next)
      #expect(ids(machine.next(at: 0)) == [7])
    }
  }

  private func ids(_ action: OutboxStateMachine.Action) -> [Int64]? {
    if case .deliver(let items) = action { items.map(\.id) } else { nil }
  }

  @Test("What was committed before a load and is told of after it is not taken twice")
  func toldLate() throws {
    for order in [OutboxOrder.inOrder(batch: 9), .concurrent(limit: 9)] {
      var play = Play(order, capacity: 10)
      play.commit([item(1)], isTold: false)
      play.work(until: 0) { _ in .delivered }
      play.flush()
      play.machine.add([item(1)])
      play.work(until: 0) { _ in .delivered }
      #expect(play.delivered == [1])
    }
  }

  @Test("One that ends while the ledger is being read does not come back with what was read")
  func finishedWhileLoading() throws {
    for seed in UInt64(1)...2 {
      var machine = OutboxStateMachine(order: .concurrent(limit: 4), capacity: 4, restoredUpTo: 0, seed: seed)
      guard let (request, _) = machine.beginLoading(at: 0) else { throw Idle() }
      let items = (1...4).map { item($0) }
      _ = machine.loaded(OutboxLoad(items, isAll: false, through: 4, last: 5), of: request)
      for id in Int64(1)...2 {
        _ = machine.next(at: 0)
        machine.finished([item(id)], SinkAnswer([.delivered]), at: 0)
      }
      guard case .deliver(let batch) = machine.next(at: 0) else { throw Idle() }
      _ = machine.takeReport()
      guard let (again, _) = machine.beginLoading(at: 0) else { throw Idle() }
      machine.finished(batch, SinkAnswer([.delivered]), at: 0)
      let hasMore = machine.loaded(
        OutboxLoad([item(3), item(4), item(5)], isAll: true, through: 5, last: 5), of: again)
      #expect(hasMore)
      #expect(machine.count == 2)
    }
  }

  private struct Idle: Error {}

  @Test("At random: each is delivered once, in its file's order, and no more are held than there is room for")
  func random() {
    for seed in UInt64(1)...60 {
      for order in [OutboxOrder.inOrder(batch: 3), .concurrent(limit: 3)] { playAtRandom(order, seed) }
    }
  }

  private func playAtRandom(_ order: OutboxOrder, _ seed: UInt64) {
    var random = SplitMix64(state: seed)
    var play = Play(order, capacity: 8)
    var next: Int64 = 1
    var flights: [[OutboxItem]] = []
    var told: [OutboxItem] = []
    for turn in 0..<3000 {
      switch random.next() % 8 {
      case 0 where turn < 2000:
        let new = (0..<Int64(random.next() % 6)).map { append(next + $0, ["a", "b", "c"][Int(random.next() % 3)]) }
        next += Int64(new.count)
        play.commit(new, isTold: false)
        told += new
      case 1:
        play.machine.add(told)
        told = []
      case 2: play.now += Int64(random.next() % 2000) - (random.next() % 4 == 0 ? 300 : 0)
      case 3 where !flights.isEmpty:
        let batch = flights.remove(at: Int(random.next() % UInt64(flights.count)))
        var failed: Set<String?> = []
        let results = batch.map { item -> DeliveryResult in
          if order != .concurrent(limit: 3), failed.contains(item.payload.path) { return .cancelled }
          guard turn < 2000, random.next() % 3 == 0 else { return .delivered }
          failed.insert(item.payload.path)
          return refused
        }
        play.finish(batch, results)
      case 4:
        // Reading the ledger takes a while, in which attempts end and commits come.
        play.flush()
        guard let (request, limit) = play.machine.beginLoading(at: play.now) else { continue }
        let load = play.ledger.load(request, limit: limit, last: play.last)
        if !flights.isEmpty, random.next() % 2 == 0 {
          let batch = flights.removeFirst()
          play.succeed(batch)
        }
        let new = random.next() % 2 == 0 ? [append(next, "a")] : []
        next += Int64(new.count)
        play.commit(new, isTold: false)
        play.machine.add(told + new)
        told = []
        _ = play.machine.loaded(load, of: request)
      default:
        if case .deliver(let items) = play.machine.next(at: play.now) { flights.append(items) }
      }
      #expect(play.machine.count <= 8 + 4)
    }
    for batch in flights { play.succeed(batch) }
    play.machine.add(told)
    play.work(until: .max) { _ in .delivered }
    #expect(play.delivered.sorted() == Array(1..<next), "seed \(seed)")
    guard case .inOrder = order else { return }
    for path in ["a", "b", "c"] {
      let own = play.delivered.filter { id in play.paths[id] == .some(path) }
      #expect(own == own.sorted(), "seed \(seed), file \(path)")
    }
  }
}
