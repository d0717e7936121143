/// The state cannot be opened, read or written.
public struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The state directory or a file in it cannot be made.
    case cannotCreate
    /// Others could read the state, or it is not ours: a wider mode, another owner.
    case exposed
    /// Another watcher holds the state directory.
    case held
    /// The file is no ledger, or a broken one. It is as it was.
    case damaged
    /// A later version of the program wrote the file. It is as it was.
    case newer
    /// No room: the disk, the quota or a size limit. Nothing of the commit is stored; it can be tried again as it is.
    case full
    /// The file system takes no writes. Nothing of the commit is stored; it can be tried again as it is.
    case readOnly
    /// Another process kept the file locked for too long. Nothing of the commit is stored; it can be tried again.
    case busy
    /// Anything else that the system or SQLite reports.
    case failed
  }

  public let kind: Kind
  /// What is wrong, and where.
  public let message: String
  /// What to do about it.
  public let advice: String

  public init(_ kind: Kind, _ message: String, advice: String) {
    self.kind = kind
    self.message = message
    self.advice = advice
  }

  public var description: String { "\(message); \(advice)" }
}
