/// A path into an event: names joined by dots.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
  public let steps: [String]

  /// Nil where a step is empty.
  public init?(_ text: some StringProtocol) {
    let steps = text.split(separator: Character("."), omittingEmptySubsequences: false).map { String($0) }
    guard !steps.contains("") else { return nil }
    self.steps = steps
  }

  public var description: String { steps.joined(separator: ".") }
}
