/// What one handler makes of an event, and why: `.explain` at the prompt. Nothing of it was carried out.
public struct EventExplanation: Codable, Sendable, Equatable {
  public enum Verdict: String, Codable, Sendable {
    case matches
    case differs
    /// It matched, and failed.
    case fails
    /// It would match, and is not called: it ran out of its budget too often.
    case isSetAside = "is_set_aside"
  }

  /// The handler's identity.
  public var handler: String
  public var verdict: Verdict
  /// Why it differs or fails.
  public var reason: String?
  /// What it would do, in order: alerts, files, what it remembers.
  public var effects: [String]

  init(_ handler: String, _ verdict: Verdict, because reason: String? = nil, effects: [String] = []) {
    self.handler = handler
    self.verdict = verdict
    self.reason = reason
    self.effects = effects
  }
}
