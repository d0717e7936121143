/// One remembered thing, as a ledger keeps it: what a rule file knows under a key.
public struct StateCell: Sendable, Hashable {
  /// What kind of thing it is. The raw values stand in ledgers: they never change.
  public enum Part: String, Sendable, CaseIterable {
    case keyValue = "kv"
    case once
    case window
    case threshold
    case deduplication = "dedup"
    /// When a timer ticked last.
    case timer
  }

  public let part: Part
  public let key: [UInt8]
  /// Nil where there is nothing under the key any more.
  public let value: [UInt8]?

  public init(part: Part, key: [UInt8], value: [UInt8]?) {
    self.part = part
    self.key = key
    self.value = value
  }
}
