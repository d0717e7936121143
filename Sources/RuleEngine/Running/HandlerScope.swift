import BoxClient
import LuaHost
import Synchronization

/// One call of a handler: what it is about, and what it has asked for so far.
final class HandlerScope {
  let identity: String
  let rule: Rule?
  let event: EventInHand?
  /// What makes idempotency keys of a call without an event: the tick's time.
  let occasion: String
  /// Whether the call may register, as a chunk at the prompt may.
  var mayRegister = false
  /// Whether it is the body of a test.
  var isTest = false
  var effects: [Effect] = []
  var effectBytes = 0
  /// Why the call may leave nothing behind, whatever the script makes of the error.
  var excess: (any Error)?
  /// Changes of what is remembered, which count as effects.
  var writes = 0
  var logged = 0
  /// Calls that acted at once.
  var queries = 0
  /// Whether what it waits for, or has waited for last, is Box.
  var waitsForBox = false
  /// Of `box.kv.shared`: other files see them when the call has succeeded.
  var sharedWrites = KeyValueOverlay()
  /// What the rule's key function said, for the alerts of its `run`.
  var dedupKey: String?
  /// What the rule's threshold said.
  var hit: Threshold.Hit?
  /// How long its function has waited by the virtual clock.
  var waited = Duration.zero
  /// Queries that failed and may succeed later; made for the first query, which few calls have.
  private(set) var faults: PassingFaults?
  /// Alerts that were not sent: of shadow rules, and held back as repeats.
  var shadowAlerts = 0
  var suppressedAlerts = 0

  init(identity: String, rule: Rule? = nil, event: EventInHand? = nil, occasion: String = "") {
    self.identity = identity
    self.rule = rule
    self.event = event
    self.occasion = occasion
  }
}

extension HandlerScope {
  /// The call asks something: where to write down what fails in passing.
  func beginQuery() -> PassingFaults {
    if let faults { return faults }
    let made = PassingFaults()
    faults = made
    return made
  }

  /// Whether the event is worth another attempt: the call failed with what such a query raised, waited too long for Box,
  /// or was cancelled.
  func mayPass(_ failure: LuaFailure) -> Bool {
    switch failure.kind {
    case .runtime: faults?.messages.contains { failure.message.contains($0) } ?? false
    case .wait: waitsForBox
    case .cancelled: true
    case .syntax, .memory, .time, .internal: false
    }
  }
}

/// The messages of queries that failed for a reason that passes. Written where the query runs, read by the rule file.
final class PassingFaults: Sendable {
  private let list = Mutex<[String]>([])

  var messages: [String] { list.withLock { $0 } }
  func add(_ message: String) { list.withLock { $0.append(message) } }
}

/// The event that a handler is called with.
struct EventInHand {
  let view: EventPageView
  let index: Int
  /// 1, or more where it was handled before and is again.
  var attempt = 1

  var event: Event { view.events.entries[index] }
  var stream: String { view.stream }
}
