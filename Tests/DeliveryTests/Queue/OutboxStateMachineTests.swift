import Testing

@testable import Delivery

@Suite("The outbox's order, retries and memory")
struct OutboxStateMachineTests {
  private func machine(_ order: OutboxOrder, _ items: [OutboxItem], capacity: Int = 1000) -> OutboxStateMachine {
    var machine = OutboxStateMachine(order: order, capacity: capacity, restoredUpTo: 0, seed: 1)
    let last = items.last?.id ?? 0
    if let (request, _) = machine.beginLoading(at: 0) {
      _ = machine.loaded(OutboxLoad(items, isAll: true, through: last, last: last), of: request)
    }
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
    arguments: [OutboxOrder.inOrder(), .concurrent(limit: 9)])
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

  @Test("In order, one that failed holds those behind it that go into the same file, and no others")
  func headOfFile() throws {
    var machine = machine(.inOrder(), [append(1, "a"), append(2, "b"), append(3, "a"), append(4, "b")])
    let batch = try delivered(machine.next(at: 0))
    let busy = DeliveryResult.failedForNow(DeliveryFailure("locked"))
    machine.finished(batch, SinkAnswer([busy, .delivered, .cancelled, .delivered]), at: 0)
    let due = try #require(machine.report.retried.first?.due)
    #expect(machine.report.delivered == [2, 4] && machine.next(at: 0) == .wait(until: due))
    machine.add([append(5, "a"), append(6, "b")])
    #expect(ids(machine.next(at: 0)) == [6])
    machine.finished([append(6, "b")], SinkAnswer([.delivered]), at: 0)
    #expect(ids(machine.next(at: due)) == [1, 3, 5])
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
    var machine = machine(.concurrent(limit: 2), [item(1), item(2, due: 50, attempts: 1), item(3), item(4)])
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

  @Test("Retry-After is obeyed by all that goes to the place")
  func retryAfter() throws {
    var machine = machine(.concurrent(limit: 1), [item(1), item(2)])
    let batch = try delivered(machine.next(at: 0))
    machine.finished(batch, SinkAnswer([.failedForNow(DeliveryFailure("429", retryAfter: .seconds(90)))]), at: 0)
    #expect(machine.report.retried.first?.due == 90_000)
    #expect(machine.next(at: 1) == .wait(until: 90_000))
    // It has waited longer than the one that failed.
    #expect(ids(machine.next(at: 90_000)) == [2])
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
    var machine = machine(.concurrent(limit: 1), [item(1)])
    let batch = try delivered(machine.next(at: 0))
    machine.finished(batch, SinkAnswer([.cancelled]), at: 0)
    #expect(machine.report.isEmpty && machine.count == 1)
    #expect(machine.next(at: 0) == .deliver(batch))
  }

  @Test("To end, what is due is delivered and the rest stays")
  func finishing() throws {
    var machine = machine(.concurrent(limit: 1), [item(1), item(2, due: 100, attempts: 1)])
    machine.finish()
    let batch = try delivered(machine.next(at: 0))
    #expect(machine.next(at: 0) == .idle)
    machine.finished(batch, SinkAnswer([.delivered]), at: 0)
    #expect(machine.next(at: 0) == .finished && machine.count == 1)
  }

  @Test("To end with the next attempts, what becomes due in time is delivered too")
  func finishingLater() throws {
    var machine = machine(
      .concurrent(limit: 1), [item(1), item(2, due: 100, attempts: 1), item(3, due: 301, attempts: 1)])
    machine.finish(retryingUntil: 300)
    let batch = try delivered(machine.next(at: 0))
    machine.finished(batch, SinkAnswer([.delivered]), at: 0)
    #expect(machine.next(at: 0) == .wait(until: 100))
    #expect(ids(machine.next(at: 100)) == [2])
    machine.finished([item(2)], SinkAnswer([.failedForNow(DeliveryFailure("no", retryAfter: .seconds(9)))]), at: 100)
    #expect(machine.next(at: 100) == .finished && machine.count == 2)
  }
}
