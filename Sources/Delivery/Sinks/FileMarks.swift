/// What is known of each file that was appended to.
struct FileMarks {
  private enum Certainty {
    /// The file ended at the mark after our last append.
    case exact
    /// An earlier process may have appended behind the mark what the ledger holds as pending.
    case afterRestart
    /// An append behind the mark failed, and a part of it may be there.
    case afterFailure
  }

  private var known: [String: (mark: FileMark, certainty: Certainty)] = [:]

  init(recorded marks: [PathMark]) {
    for mark in marks { known[mark.path] = (mark.mark, .afterRestart) }
  }

  /// The mark behind which this delivery may stand in part or whole; nil where it is new for certain.
  func interrupted(_ item: OutboxItem, _ path: String) -> FileMark? {
    guard let (mark, certainty) = known[path] else { return nil }
    switch certainty {
    case .exact: return nil
    case .afterRestart: return item.mayHaveBegun ? mark : nil
    case .afterFailure: return mark
    }
  }

  func isRecorded(_ mark: FileMark, _ path: String) -> Bool { known[path]?.mark == mark }
  func has(_ path: String) -> Bool { known[path] != nil }

  /// The ledger has the mark.
  mutating func recorded(_ mark: PathMark) {
    known[mark.path] = (mark.mark, .exact)
  }

  /// - Parameter isEnd: whether nothing stands behind the mark.
  mutating func appended(_ mark: FileMark, _ path: String, isEnd: Bool) {
    let before = known[path]?.certainty ?? .exact
    known[path] = (mark, isEnd ? .exact : before)
  }

  mutating func failed(_ path: String) {
    if let mark = known[path]?.mark { known[path] = (mark, .afterFailure) }
  }
}
