import BoxClient
import LuaHost

/// What came of one call of a handler.
public struct Outcome: Sendable {
  /// The event's place in its page; nil for timers and the like.
  public internal(set) var eventIndex: Int?
  /// The handler's identity.
  public let handler: String
  /// In order; empty where the handler failed.
  public let effects: [Effect]
  public let failure: RuleFailure?
}

/// A handler that failed on an event, or a timer that did.
public struct RuleFailure: Sendable, CustomStringConvertible {
  /// What becomes of the event.
  public enum Fate: String, Sendable {
    /// It is parked for this handler.
    case parked
    /// It is tried again: what failed may pass.
    case retried
    /// It is parked: the handler was set aside before, and was not called.
    case quarantined
    /// It is parked: the handler is not there any more, after a change of the rule file.
    case gone
  }

  /// The rule file, as messages show it.
  public let file: String
  /// The handler's identity.
  public let handler: String
  public let eventID: String?
  public let eventType: String?
  public let fate: Fate
  public let failure: LuaFailure

  public var description: String {
    let event = eventID.map { ", event \($0)" } ?? ""
    let type = eventType.map { " (\($0))" } ?? ""
    return "\(failure) [rule \(handler)\(event)\(type)]"
  }
}
