import BoxClient

/// One way to print events.
protocol EventFormatter: Sendable {
  /// What stands before the first event.
  mutating func begin(_ output: inout StandardOutput) throws
  mutating func write(_ event: Event, to output: inout StandardOutput) throws
  /// The end of a page: what is held back is written.
  mutating func pause(_ output: inout StandardOutput) throws
}

extension EventFormatter {
  func begin(_ output: inout StandardOutput) throws {}
  func pause(_ output: inout StandardOutput) throws {}
}
