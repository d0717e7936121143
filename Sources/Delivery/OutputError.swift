/// A file of the output directory that cannot be used as asked.
public struct OutputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, an open set.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ name: String) {
      description = name
    }

    /// The path itself cannot name a file of the output directory.
    public static let badPath = Self("bad path")
    /// A symbolic link stands on the way.
    public static let symbolicLink = Self("symbolic link")
    /// A directory, FIFO, socket or device stands where a regular file is wanted, or a file where a directory is.
    public static let wrongKind = Self("wrong kind of file")
    /// The disk or a quota is full.
    public static let noSpace = Self("no space")
    /// The file is larger than its reader allows, or than the process may write.
    public static let tooLarge = Self("too large")
    /// The operating system refuses access.
    public static let denied = Self("denied")
    /// Something else holds what is needed: a lock, or all file descriptors.
    public static let busy = Self("busy")
    /// Any other failure of the operating system.
    public static let failed = Self("failed")
  }

  public let code: Code
  /// The path as it was asked for, unquoted.
  public let path: String
  /// What is wrong.
  public let problem: String
  /// What to do about it.
  public let advice: String

  init(_ code: Code, _ path: String, _ problem: String, advice: String) {
    self.code = code
    self.path = path
    self.problem = problem
    self.advice = advice
  }

  public var description: String { "\(QuotedPath.of(path)): \(problem); \(advice)" }

  /// Whether the same call may succeed later without anybody changing a rule or a file.
  public var passes: Bool { [.noSpace, .busy, .failed].contains(code) }
}
