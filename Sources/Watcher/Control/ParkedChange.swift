import BoxClient
import Delivery
import Ledger

/// Parked events and deliveries that a person named, and the changes of the ledger that try them again or let them go.
struct ParkedChange {
  var events: [ParkedEvent] = []
  var deliveries: [StoredDelivery] = []
  private(set) var outcome = ParkedOutcome()

  /// Finds what is parked under the ids.
  init(_ ids: [Int64], in ledger: Ledger) async throws(LedgerError) {
    for id in Set(ids).sorted() {
      if let event = try await ledger.parkedEvents(after: id - 1, limit: 1).first, event.id == id {
        events.append(event)
      } else if let delivery = try await ledger.parkedDeliveries(after: id - 1, limit: 1).first, delivery.id == id {
        deliveries.append(delivery)
      } else {
        outcome.unknown.append(id)
      }
    }
  }

  /// Leaves aside malformed events, which no handler can take.
  mutating func leaveMalformed() {
    let malformed = events.filter(\.parked.failure.isMalformed).map(\.id)
    guard !malformed.isEmpty else { return }
    outcome.malformed = malformed
    events.removeAll(where: \.parked.failure.isMalformed)
  }

  /// Leaves aside what nobody could take up again.
  mutating func keep(namespaces: Set<String>, sinks: Set<String>) {
    let missing =
      events.map(\.parked.namespace).filter { !namespaces.contains($0) }
      + deliveries.map(\.delivery.sink).filter { !sinks.contains($0) }
    outcome.missing = Set(missing).sorted()
    events.removeAll { !namespaces.contains($0.parked.namespace) }
    deliveries.removeAll { !sinks.contains($0.delivery.sink) }
  }

  /// The events go to the end of their rules' backlogs and the deliveries into the outbox, due now. Handlers that were
  /// set aside get another chance.
  func retry(at now: Timestamp, quarantined: Set<String>) -> LedgerCommit {
    var commit = LedgerCommit()
    commit.eventsRetried = events.map { DueAgain(id: $0.id, due: now.milliseconds) }
    commit.deliveriesUnparked = deliveries.map { DueAgain(id: $0.id, due: now.milliseconds) }
    commit.released = Set(events.map(\.parked.failure.handler)).intersection(quarantined).sorted()
    return commit
  }

  /// The deliveries as a commit of ``retry(at:quarantined:)`` makes them.
  /// - Throws: `DamagedPayload`.
  func dueAgain(at now: Timestamp) throws -> [NewDelivery] {
    try deliveries.map {
      _ = try DeliveryPayload(decoding: $0.delivery.payload)
      var delivery = $0.delivery
      (delivery.createdAt, delivery.due) = (now.milliseconds, now.milliseconds)
      return delivery
    }
  }

  /// For the log: `1 event, 2 deliveries`.
  var countsInWords: String { "\(Count.text(events.count, "event")), \(Count.text(deliveries.count, "delivery"))" }

  func drop() -> LedgerCommit {
    var commit = LedgerCommit()
    commit.eventsDropped = events.map(\.id)
    commit.deliveriesDone = deliveries.map(\.id)
    return commit
  }

  /// What a commit of ``retry(at:quarantined:)`` or ``drop()`` did.
  var done: ParkedOutcome {
    var done = outcome
    done.events = events.count
    done.deliveries = deliveries.count
    return done
  }
}

/// What a running watcher would do on request, for whoever holds the lock while none runs.
extension Ledger {
  public func retryParked(_ ids: [Int64]) async throws(LedgerError) -> ParkedOutcome {
    var change = try await ParkedChange(ids, in: self)
    change.leaveMalformed()
    let quarantined = Set(try await quarantined().map(\.handler))
    _ = try await commit(change.retry(at: WallClock.now, quarantined: quarantined))
    return change.done
  }

  public func dropParked(_ ids: [Int64]) async throws(LedgerError) -> ParkedOutcome {
    let change = try await ParkedChange(ids, in: self)
    _ = try await commit(change.drop())
    return change.done
  }
}
