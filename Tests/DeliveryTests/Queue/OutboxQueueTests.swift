import Delivery
import Synchronization
import Testing

@Suite("A queue at work")
struct OutboxQueueTests {
  private func queue(
    _ sink: TestSink, _ ledger: TestLedger, _ clock: TestClock, order: OutboxOrder = .inOrder(), log: TestLog? = nil
  ) -> OutboxQueue {
    OutboxQueue(
      name: "test", sink: sink, order: order, restoredUpTo: 0, clock: clock.clock, seed: 7,
      logger: log?.logger, load: ledger.load, report: ledger.report)
  }

  /// Runs the queue until the ledger has nothing pending.
  private func drain(_ queue: OutboxQueue, _ ledger: TestLedger) async {
    let running = Task { await queue.run() }
    while ledger.state.withLock({ !$0.pending.isEmpty }) { await Task.yield() }
    await queue.finish(within: .seconds(3600))
    await running.value
  }

  @Test("What was pending is loaded, delivered in order and reported in one batch")
  func pending() async {
    let ledger = TestLedger((1...20).map { item($0) })
    let sink = TestSink { items in SinkAnswer(items.map { _ in .delivered }) }
    await drain(queue(sink, ledger, TestClock()), ledger)
    #expect(sink.delivered == [Array(1...20)] && ledger.delivered == Array(1...20) && ledger.reports.count == 1)
  }

  @Test("What is added later is delivered too")
  func added() async {
    let ledger = TestLedger()
    let sink = TestSink { items in SinkAnswer(items.map { _ in .delivered }) }
    let queue = queue(sink, ledger, TestClock())
    let running = Task { await queue.run() }
    for id in Int64(1)...50 {
      ledger.state.withLock { $0.pending.append(item(id)) }
      await queue.add([item(id)])
    }
    while ledger.delivered.count < 50 { await Task.yield() }
    await queue.finish(within: .seconds(1))
    await running.value
    #expect(ledger.delivered == Array(1...50))
  }

  @Test("Why a delivery fails is told once, with the place and the time of the next attempt, and not at each attempt")
  func told() async {
    let payload = DeliveryPayload.webhook(url: "http://127.0.0.1:1/geheim?token=x", body: [])
    let ledger = TestLedger((1...3).map { OutboxItem(id: $0, key: "", payload: payload, createdAt: 0, due: 0) })
    let log = TestLog()
    let attempts = Mutex(0)
    let sink = TestSink { _ in
      let count = attempts.withLock {
        $0 += 1
        return $0
      }
      return SinkAnswer([count < 9 ? .failedForNow(DeliveryFailure("refused")) : .delivered])
    }
    await drain(queue(sink, ledger, TestClock(), order: .concurrent(), log: log), ledger)
    #expect(log.lines.map(\.level) == [.warning])
    let line = log.lines.first?.message ?? ""
    // Of attempts that are under way together any may be the first to fail.
    let place = " to test (http://127.0.0.1:1) has failed: refused; it is tried again in "
    #expect((1...3).contains { line.hasPrefix("delivery \($0)\(place)") }, "\(line)")
  }

  @Test("A failure that passes is tried again after its pause, with each attempt reported")
  func retried() async {
    let ledger = TestLedger([item(1)])
    let clock = TestClock()
    let times = Mutex<[Int64]>([])
    let sink = TestSink { _ in
      let attempt = times.withLock {
        $0.append(clock.now)
        return $0.count
      }
      return SinkAnswer([attempt < 4 ? .failedForNow(DeliveryFailure("no")) : .delivered])
    }
    await drain(queue(sink, ledger, clock), ledger)
    let attempts = times.withLock { $0 }
    #expect(ledger.retried.map(\.attempts) == [1, 2, 3] && ledger.delivered == [1])
    #expect(zip(attempts.dropFirst(), ledger.retried).allSatisfy { $0 >= $1.due })
  }

  @Test("At most so many are under way at once")
  func limit() async {
    let ledger = TestLedger((1...40).map { item($0) })
    let counts = Mutex((now: 0, most: 0))
    let sink = TestSink { _ in
      counts.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      for _ in 0..<20 { await Task.yield() }
      counts.withLock { $0.now -= 1 }
      return SinkAnswer([.delivered])
    }
    await drain(queue(sink, ledger, TestClock(), order: .concurrent(limit: 4)), ledger)
    #expect(counts.withLock { $0.most } == 4 && ledger.delivered.sorted() == Array(1...40))
  }

  @Test("While the state cannot be written nothing new is attempted, and nothing is lost")
  func fullDisk() async {
    let ledger = TestLedger([item(1), item(2)])
    ledger.state.withLock { $0.failures = 3 }
    let clock = TestClock()
    let began = clock.now
    let sink = TestSink { items in SinkAnswer(items.prefix(1).map { _ in .delivered }) }
    await drain(queue(sink, ledger, clock), ledger)
    #expect(sink.delivered == [[1, 2], [2]] && ledger.delivered == [1, 2])
    #expect(clock.now >= began + 3000)
  }

  @Test("At the end of its time what is under way is cancelled and stays pending")
  func outOfTime() async {
    let ledger = TestLedger([item(1)])
    let sink = TestSink { _ in
      while !Task.isCancelled { await Task.yield() }
      return SinkAnswer([.cancelled])
    }
    let queue = queue(sink, ledger, TestClock())
    let running = Task { await queue.run() }
    while sink.delivered.isEmpty { await Task.yield() }
    await queue.finish(within: .milliseconds(10))
    await running.value
    #expect(ledger.reports.isEmpty && ledger.state.withLock { $0.pending.count } == 1)
  }

  @Test("One that may ends when there was nothing to do for long enough, and takes nothing more")
  func idle() async {
    let ledger = TestLedger([item(1)])
    let clock = TestClock()
    let began = clock.now
    let queue = OutboxQueue(
      name: "test", sink: TestSink { items in SinkAnswer(items.map { _ in .delivered }) }, order: .concurrent(),
      restoredUpTo: 0, clock: clock.clock, idleLimit: .seconds(60), load: ledger.load, report: ledger.report)
    await queue.run()
    #expect(ledger.delivered == [1] && clock.now >= began + 60_000)
    #expect(await !queue.add([item(2)]))
  }

  @Test("One that waits for the next attempt is not idle, however long that takes")
  func notIdle() async {
    let ledger = TestLedger([item(1)])
    let attempts = Mutex(0)
    let sink = TestSink { _ in
      let attempt = attempts.withLock {
        $0 += 1
        return $0
      }
      return SinkAnswer([
        attempt < 3 ? .failedForNow(DeliveryFailure("busy", retryAfter: .seconds(3600))) : .delivered
      ])
    }
    let queue = OutboxQueue(
      name: "test", sink: sink, order: .concurrent(), restoredUpTo: 0, clock: TestClock().clock,
      idleLimit: .seconds(60), load: ledger.load, report: ledger.report)
    await queue.run()
    #expect(ledger.delivered == [1] && ledger.retried.map(\.attempts) == [1, 2])
  }

  @Test(
    "A ledger that cannot be read is read again, and nothing is given up for it", arguments: [nil, Duration.seconds(5)])
  func unreadableLedger(idleLimit: Duration?) async {
    let ledger = TestLedger([item(1)])
    ledger.state.withLock { $0.failedReads = 20 }
    let queue = OutboxQueue(
      name: "test", sink: TestSink { items in SinkAnswer(items.map { _ in .delivered }) }, order: .concurrent(),
      restoredUpTo: 0, clock: TestClock().clock, idleLimit: idleLimit, load: ledger.load, report: ledger.report)
    await drain(queue, ledger)
    #expect(ledger.delivered == [1])
  }

  @Test("It can be told to end before it begins, and does")
  func endedEarly() async {
    let ledger = TestLedger((1...40).map { item($0) })
    let sink = TestSink { _ in
      while !Task.isCancelled { await Task.yield() }
      return SinkAnswer([.cancelled])
    }
    let queue = queue(sink, ledger, TestClock())
    let ending = Task { await queue.finish(within: .milliseconds(10)) }
    await Task.yield()
    await queue.run()
    await ending.value
    #expect(ledger.reports.isEmpty)
  }

  @Test("A cancelled task ends the queue")
  func cancelled() async {
    let queue = queue(TestSink { _ in SinkAnswer([]) }, TestLedger(), TestClock())
    let running = Task { await queue.run() }
    running.cancel()
    await running.value
    await queue.finish(within: .seconds(1))
    #expect(await !queue.add([item(1)]))
  }
}
