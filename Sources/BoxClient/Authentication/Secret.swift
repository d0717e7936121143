/// Text that must not appear in logs, errors or descriptions: it prints as `***`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself, to be written where the secret belongs and nowhere else.
  public let revealed: String

  public init(_ text: String) {
    revealed = text
  }

  public var description: String { "***" }
  public var debugDescription: String { "***" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
