/// The file of stored credentials cannot be read or written. Shows nothing of what is in it.
public struct CredentialFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// Others could read it, or it is someone else's.
    case exposed
    /// It is no file of credentials.
    case damaged
    /// A later version of the program wrote it.
    case newer
    /// It cannot be written: the folder, the disk.
    case cannotWrite
    /// It cannot be read.
    case cannotRead
  }

  public let kind: Kind
  /// What is wrong, and where.
  public let problem: String
  /// What to do about it.
  public let advice: String

  init(_ kind: Kind, _ problem: String, advice: String) {
    self.kind = kind
    self.problem = problem
    self.advice = advice
  }

  public var description: String { "\(problem). \(advice)" }
}
