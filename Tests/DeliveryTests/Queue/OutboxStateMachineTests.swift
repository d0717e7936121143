import Testing

@testable import Delivery

@Suite("The outbox's order, retries and memory")
struct OutboxStateMachineTests {
  private func machine(_ order: OutboxOrder, _ items: [OutboxItem], capacity: Int = 1000) -> OutboxStateMachine {
    var machine = OutboxStateMachine(order: order, capacity: capacity, restoredUpTo: 0, seed: 1)
    _ = machine.beginLoading()
    machine.loaded(items)
    return machine
  }

  private func ids(_ action: OutboxStateMachine.Action) -> [Int64]? {
    if case .deliver(let items) = action { items.map(\.id) } else { nil }
  }

  private func delivered(_ action: OutboxStateMachine.Action) throws -> [OutboxItem] {
    guard case .deliver(let items) = action else { throw NothingDue(action: action) }
    return items
  }

  private struct NothingDue: Error {
    let action: OutboxStateMachine.Action
  }

  @Test("In order, one that failed in passing holds those behind it")
  func headOfLine() throws {
    var machine = machine(.inOrder(batch: 2), [item(1), item(2), item(3)])
    let batch = try delivered(machine.next(at: 100))
    #expect(batch.map(\.id) == [1, 2])
    #expect(machine.next(at: 100) == .idle)
    machine.finished(batch, SinkAnswer([.failedForNow(DeliveryFailure("busy"))]), at: 100)
    let retry = try #require(machine.report.retried.first)
    #expect(retry.id == 1 && retry.attempts == 1 && retry.error == "busy")
    #expect(machine.next(at: 100) == .wait(until: retry.due))
    #expect((600...1100).contains(retry.due))
    #expect(ids(machine.next(at: retry.due)) == [1, 2])
  }

  @Test(
    "What a clock that was ahead has put off is due",
    arguments: [OutboxOrder.inOrder(), .concurrent(limit: 9, sharesTarget: true)])
  func clockSetBack(_ order: OutboxOrder) throws {
    let hour: Int64 = 3_600_000
    var restored = machine(order, [item(1, due: hour + 1)])
    #expect(ids(restored.next(at: 1)) == [1])

    var running = machine(order, [item(1)])
    let batch = try delivered(running.next(at: hour))
    let failure = DeliveryFailure("busy", retryAfter: .seconds(400))
    running.finished(batch, SinkAnswer([.failedForNow(failure)]), at: hour)
    #expect(running.next(at: hour + 1) == .wait(until: hour + 400_000))
    #expect(ids(running.next(at: 1)) == [1])
  }

  @Test("In order, one that failed for good makes way")
  func parked() throws {
    var machine = machine(.inOrder(), [item(1), item(2)])
    let batch = try delivered(machine.next(at: 5))
    machine.finished(batch, SinkAnswer([.failedForGood("link"), .delivered]), at: 7)
    #expect(machine.report.parked == [.init(id: 1, rule: nil, at: 7, error: "link")])
    #expect(machine.report.delivered == [2] && machine.count == 0)
  }

  @Test("So many at a time, started in order; one that waits lets others pass")
  func concurrent() {
    var machine = machine(.concurrent(limit: 2, sharesTarget: false), [item(1), item(2, due: 50), item(3), item(4)])
    #expect(ids(machine.next(at: 10)) == [1])
    #expect(ids(machine.next(at: 10)) == [3])
    #expect(machine.next(at: 10) == .idle)
    machine.finished([item(3)], SinkAnswer([.delivered]), at: 20)
    #expect(ids(machine.next(at: 20)) == [4])
    machine.finished([item(1)], SinkAnswer([.delivered]), at: 20)
    #expect(machine.next(at: 20) == .wait(until: 50))
    #expect(ids(machine.next(at: 50)) == [2])
  }

  @Test(
    "Pauses grow to five minutes, with jitter of half",
    arguments: [(1, 1000), (2, 2000), (5, 16_000), (9, 256_000), (10, 300_000), (500, 300_000)])
  func pauses(_ attempt: Int, _ longest: Int64) throws {
    var machine = machine(.inOrder(), [item(1, attempts: attempt - 1, createdAt: 0)])
    let batch = try delivered(machine.next(at: 1000))
    machine.finished(batch, SinkAnswer([.failedForNow(DeliveryFailure("x"))]), at: 1000)
    let pause = (machine.report.retried.first?.due ?? 0) - 1000
    #expect((longest / 2...longest).contains(pause))
  }

  @Test("Retry-After is obeyed, by the whole sink where it is one place", arguments: [true, false])
  func retryAfter(_ sharesTarget: Bool) throws {
    var machine = machine(.concurrent(limit: 1, sharesTarget: sharesTarget), [item(1), item(2)])
    let batch = try delivered(machine.next(at: 0))
    machine.finished(batch, SinkAnswer([.failedForNow(DeliveryFailure("429", retryAfter: .seconds(90)))]), at: 0)
    #expect(machine.report.retried.first?.due == 90_000)
    if sharesTarget {
      #expect(machine.next(at: 1) == .wait(until: 90_000))
      #expect(ids(machine.next(at: 90_000)) == [1])
    } else {
      #expect(ids(machine.next(at: 1)) == [2])
    }
  }

  @Test("After a day of failures it is parked, counted from when it was put back")
  func patience() throws {
    let day: Int64 = 24 * 3600 * 1000
    for (attempts, due, now, isParked) in [
      (3, day - 1, day - 1, false), (3, day, day, true), (0, day, day, false), (0, day, 2 * day, true),
    ] {
      var machine = machine(.inOrder(), [item(1, due: due, attempts: attempts, createdAt: 0)])
      let batch = try delivered(machine.next(at: now))
      machine.finished(batch, SinkAnswer([.failedForNow(DeliveryFailure("no"))]), at: now)
      #expect(machine.report.parked.isEmpty != isParked)
      if isParked {
        #expect(machine.report.parked.first?.error == "given up after 24 hours and \(attempts + 1) attempts: no")
      }
    }
  }

  @Test("What was cancelled is as pending as before")
  func cancelled() throws {
    var machine = machine(.concurrent(limit: 1, sharesTarget: false), [item(1)])
    let batch = try delivered(machine.next(at: 0))
    machine.finished(batch, SinkAnswer([.cancelled]), at: 0)
    #expect(machine.report.isEmpty && machine.count == 1)
    #expect(machine.next(at: 0) == .deliver(batch))
  }

  @Test("No more are held than there is room for, and none is forgotten or held twice")
  func capacity() {
    var machine = OutboxStateMachine(order: .inOrder(batch: 1), capacity: 4, restoredUpTo: 2, seed: 1)
    var ledger = [item(1), item(2), item(3)]
    machine.add([item(3)])
    #expect(machine.count == 0)
    #expect(machine.beginLoading() ?? (9, 9) == (0, 4))
    // Committed while the ledger is being read, too late for it to be seen.
    machine.add([item(4)])
    machine.loaded(ledger)
    ledger.append(item(4))
    #expect(machine.count == 3)
    var delivered: [Int64] = []
    for id in Int64(5)...9 {
      ledger.append(item(id))
      machine.add([item(id)])
    }
    for turn in 0..<40 {
      if let (after, limit) = machine.beginLoading() {
        machine.loaded(Array(ledger.filter { $0.id > after }.prefix(limit)))
      }
      #expect(machine.count <= 6)
      guard case .deliver(let batch) = machine.next(at: Int64(turn)) else { continue }
      #expect(batch.allSatisfy { $0.mayHaveBegun == ($0.id <= 2) })
      machine.finished(batch, SinkAnswer([.delivered]), at: Int64(turn))
      delivered += machine.takeReport().delivered
      ledger.removeAll { delivered.contains($0.id) }
    }
    #expect(delivered == Array(1...9))
  }

  @Test("One that ends while the ledger is being read does not come back with what was read")
  func finishedWhileLoading() throws {
    var machine = OutboxStateMachine(
      order: .concurrent(limit: 4, sharesTarget: false), capacity: 4, restoredUpTo: 0, seed: 1)
    _ = machine.beginLoading()
    machine.loaded([item(1), item(2), item(3), item(4)])
    for id in Int64(1)...2 {
      _ = machine.next(at: 0)
      machine.finished([item(id)], SinkAnswer([.delivered]), at: 0)
    }
    let batch = try delivered(machine.next(at: 0))
    _ = machine.takeReport()
    #expect(machine.beginLoading() ?? (0, 0) == (4, 4))
    machine.finished(batch, SinkAnswer([.delivered]), at: 0)
    machine.loaded([item(3), item(5)])
    #expect(machine.count == 2)
  }

  @Test("To end, what is due is delivered and the rest stays")
  func finishing() throws {
    var machine = machine(.concurrent(limit: 1, sharesTarget: false), [item(1), item(2, due: 100)])
    machine.finish()
    let batch = try delivered(machine.next(at: 0))
    #expect(machine.next(at: 0) == .idle)
    machine.finished(batch, SinkAnswer([.delivered]), at: 0)
    #expect(machine.next(at: 0) == .finished && machine.count == 1)
  }

  @Test("To end with the next attempts, what becomes due in time is delivered too")
  func finishingLater() throws {
    var machine = machine(.concurrent(limit: 1, sharesTarget: false), [item(1), item(2, due: 100), item(3, due: 301)])
    machine.finish(retryingUntil: 300)
    let batch = try delivered(machine.next(at: 0))
    machine.finished(batch, SinkAnswer([.delivered]), at: 0)
    #expect(machine.next(at: 0) == .wait(until: 100))
    #expect(ids(machine.next(at: 100)) == [2])
    machine.finished([item(2)], SinkAnswer([.failedForNow(DeliveryFailure("no", retryAfter: .seconds(9)))]), at: 100)
    #expect(machine.next(at: 100) == .finished && machine.count == 2)
  }
}
