import BoxClient
import LuaHost

/// One call of a handler: what it is about, and what it has asked for so far.
final class HandlerScope {
  let identity: String
  let rule: Rule?
  let event: EventInHand?
  /// What makes idempotency keys of a call without an event: the tick's time.
  let occasion: String
  let attempt: Int
  var effects: [Effect] = []
  var effectBytes = 0
  /// Changes of what is remembered, which count as effects.
  var writes = 0
  var logged = 0
  /// Of `box.kv.shared`: other files see them when the call has succeeded.
  var sharedWrites = KeyValueOverlay()
  /// What the rule's threshold said.
  var hit: Threshold.Hit?

  init(identity: String, rule: Rule? = nil, event: EventInHand? = nil, occasion: String = "", attempt: Int = 1) {
    self.identity = identity
    self.rule = rule
    self.event = event
    self.occasion = occasion
    self.attempt = attempt
  }
}

/// The event that a handler is called with.
struct EventInHand {
  let view: EventPageView
  let index: Int

  var event: Event { view.events.entries[index] }
  var stream: String { view.stream }
}
