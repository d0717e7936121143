#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `credentials.json` in a state directory: what `boxwatch login` stored, by account.
///
/// The file is replaced as a whole: written beside it, brought to the disk, renamed. Whoever is killed in between
/// leaves the new text beside the old, and the next one to take the lock finishes what it finds whole: refresh tokens
/// are good for one use, so the text that was not renamed may hold the only one that still is.
public struct CredentialFile: Sendable {
  public static let name = "credentials.json"

  /// The file's path.
  public let path: String
  private let directory: String
  private var successor: String { path + ".new" }
  /// How long another process may take to renew.
  private static let patience = Duration.seconds(180)
  private var lock: String { directory + "/credentials.lock" }

  /// - Parameter directory: the state directory, which exists.
  public init(directory: String) {
    var directory = directory
    while directory.count > 1, directory.last == "/" { directory.removeLast() }
    self.directory = directory
    path = (directory == "/" ? "" : directory) + "/" + Self.name
  }

  /// What is stored for an account; nil where there is nothing.
  /// - Throws: ``CredentialFileError``.
  public func credentials(of account: String) throws -> StoredCredentials? {
    try read(path)?.accounts[account]
  }

  /// The accounts for which something is stored.
  /// - Throws: ``CredentialFileError``.
  public func accounts() throws -> [String] {
    try read(path)?.accounts.keys.sorted() ?? []
  }

  /// Stores an account's credentials in place of what was there; they are on the disk when it returns.
  /// - Throws: ``CredentialFileError``; then the file is as it was.
  func store(_ credentials: StoredCredentials, for account: String) throws {
    let held = try FileLock.wait(lock)
    defer { withExtendedLifetime(held) {} }
    try finish()
    var content = try read(path) ?? Content()
    content.accounts[account] = credentials
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try WholeFile.write(Array(try encoder.encode(content)) + [0x0A], to: successor)
    try WholeFile.rename(successor, to: path, in: directory)
  }

  /// Finishes what a killed process left behind: the new text that was not renamed yet.
  func recover() throws {
    let held = try FileLock.wait(lock)
    defer { withExtendedLifetime(held) {} }
    try finish()
  }

  /// Finds out whether the file could be replaced now, before something is asked for that is good for one use.
  func probe() throws {
    let held = try FileLock.wait(lock)
    defer { withExtendedLifetime(held) {} }
    let trial = path + ".trial"
    try WholeFile.write([UInt8](repeating: 0x20, count: 16 << 10), to: trial)
    WholeFile.remove(trial)
  }

  /// The right to renew an account's tokens, or to put others in their place: one process at a time has it.
  /// - Throws: ``NetworkFault`` where another has had it for minutes, ``CredentialFileError``.
  func lockForRenewal(_ account: String) async throws -> FileLock {
    let begun = ContinuousClock.now
    while true {
      if let lock = try FileLock.take(directory + "/credentials-\(account).lock") { return lock }
      guard ContinuousClock.now - begun < Self.patience else {
        throw NetworkFault(.timedOut, "another process has been renewing the tokens of \(account) for minutes")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Renames what a killed process left behind, if it is whole; else removes it.
  private func finish() throws {
    guard let left = try? WholeFile.read(successor) else { return }
    if (try? decode(left)) != nil {
      try WholeFile.rename(successor, to: path, in: directory)
    } else {
      WholeFile.remove(successor)
    }
  }

  private func read(_ path: String) throws -> Content? {
    guard let bytes = try WholeFile.read(path) else { return nil }
    return try decode(bytes)
  }

  private func decode(_ bytes: [UInt8]) throws -> Content {
    guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)) else {
      let version = (try? JSONDecoder().decode(Version.self, from: Data(bytes)))?.version
      if let version, version > Content.version {
        throw CredentialFileError(
          .newer, "a later version of boxwatch wrote \(path)", advice: "Use that version, or another state directory.")
      }
      throw CredentialFileError(
        .damaged, "\(path) is no file of credentials; it is as it was",
        advice: "Put it aside and sign in again with boxwatch login.")
    }
    return content
  }

  private struct Version: Decodable {
    var version: Int
  }

  private struct Content: Codable {
    static let version = 1
    var version = Content.version
    var accounts: [String: StoredCredentials] = [:]
  }
}
