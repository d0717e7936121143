import BoxClient

/// Some of a file's events, in the file's order.
public struct RecordedPage: Sendable {
  /// Events without a flaw; none where only bad lines were found.
  public let events: Events
  /// What stands among them and is no event.
  public let badLines: [BadLine]
  /// The file's name as it was given; `standard input` for `-`.
  public let file: String
}

/// A line, or an entry of a saved page, that is no event.
public struct BadLine: Sendable, Equatable, CustomStringConvertible {
  public let file: String
  /// From 1, empty lines counted.
  public let line: Int
  /// What is wrong with it.
  public let message: String

  /// `file:line: message`.
  public var description: String { "\(file):\(line): \(message)" }
}
