import BoxClient
import Ledger

/// An event that a handler gave up, or a delivery that could not be made: what `parked list` shows.
public struct ParkedItem: Encodable, Sendable, Equatable {
  public enum Kind: String, Encodable, Sendable { case event, delivery }

  public var id: Int64
  public var kind: Kind
  /// The handler that failed, or whose effect the delivery is; nil for an event that no handler got.
  public var rule: String?
  public var parkedAt: Timestamp
  /// Attempts that failed.
  public var attempts: Int
  public var error: String

  /// The rule file's namespace, and what follows: of events.
  public var namespace: String?
  public var stream: String?
  public var eventId: String?
  public var eventType: String?
  /// The kind of failure, such as `runtime`.
  public var reason: String?
  public var location: String?
  public var traceback: String?
  /// The event's text as Box sent it.
  public var event: String?

  /// Where it was to go, and what follows: of deliveries.
  public var sink: String?
  /// What the sink was to do, such as `alert` or `append`.
  public var action: String?
  public var path: String?
  public var createdAt: Timestamp?
}

extension ParkedItem {
  init(_ parked: ParkedEvent) {
    let (event, failure) = (parked.parked.event, parked.parked.failure)
    self.init(
      id: parked.id, kind: .event, rule: failure.handler.isEmpty ? nil : failure.handler,
      parkedAt: Timestamp(milliseconds: parked.parked.parkedAt),
      attempts: parked.parked.attempts, error: failure.message)
    namespace = parked.parked.namespace.isEmpty ? nil : parked.parked.namespace
    stream = event.stream
    eventId = event.id
    eventType = event.type.isEmpty ? nil : event.type
    reason = failure.reason
    location = failure.location
    traceback = failure.traceback
    self.event = String(decoding: event.text, as: UTF8.self)
  }

  init(_ parked: StoredDelivery) {
    let delivery = parked.delivery
    self.init(
      id: parked.id, kind: .delivery, rule: delivery.rule, parkedAt: Timestamp(milliseconds: parked.parkedAt ?? 0),
      attempts: parked.attempts, error: parked.error ?? "")
    sink = delivery.sink
    action = delivery.kind
    path = delivery.path
    createdAt = Timestamp(milliseconds: delivery.createdAt)
  }
}
