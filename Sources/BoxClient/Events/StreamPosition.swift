/// A place in an event stream: opaque text from wire to wire.
///
/// Box has sent positions as numbers, as decimal strings and as `int;uuid`; some exceed 2^53 and none may be counted
/// with (PROTOCOL.md, sections 0 and 3). Two words have a meaning when they are sent.
public struct StreamPosition: Hashable, Sendable, CustomStringConvertible {
  /// The position as Box wrote it, without the quotes of a JSON string.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  /// Asks for no events, only for the position at which the stream stands.
  public static let now = StreamPosition("now")
  /// Asks for everything that Box still keeps, oldest first.
  public static let beginning = StreamPosition("0")

  /// Whether an answer's position may replace a stored one: an empty `admin_logs` page says `0`, and storing that
  /// would begin a year of history anew (PROTOCOL.md, section 3 "End of data").
  public var isResumable: Bool {
    !text.isEmpty && self != .now && !text.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
  }

  public var description: String { text }
}
