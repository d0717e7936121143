/// How a command ended.
public struct CommandResult: Sendable, Hashable {
  public enum Ending: Sendable, Hashable {
    /// With this status, 0 for success.
    case exited(Int)
    /// By this signal.
    case signalled(Int)
    /// It was ended because its time was over.
    case timedOut
  }

  public let ending: Ending
  /// The beginning of what it wrote to standard output and standard error, mixed as it came: 8 KiB at most.
  public let output: [UInt8]
  /// Whether it wrote more.
  public let outputWasCut: Bool
}

/// A command that was not run, or whose end is unknown.
public struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The configuration does not list it, or it cannot be passed on.
    case notAllowed
    /// The operating system does not start it.
    case cannotStart
    /// The task was cancelled, and the command ended.
    case cancelled
  }

  public let kind: Kind
  /// What was wrong, and what to do.
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
