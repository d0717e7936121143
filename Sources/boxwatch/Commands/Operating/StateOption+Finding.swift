import Ledger

extension StateOption {
  /// The directory as it is, for commands that make none; nil where there is none and nobody named one.
  func existing() throws -> StateDirectory? {
    let path = directory()
    let found = try StateDirectory.find(path)
    guard found == nil, state != nil else { return found }
    throw CommandFailure(
      .missingFile, "--state: there is no directory \(path)",
      advice: "Name the directory that the watcher was given with --state.")
  }
}
