import GRDB

extension LedgerReader {
  /// The cells of some namespaces, or why they were not read.
  public enum Cells: Sendable {
    /// Of each namespace, in order.
    case read([[Cell]])
    /// They take so many bytes, more than the limit.
    case tooMany(bytes: Int)
  }

  /// What a cell takes in memory beside its key and its value.
  private static let cellOverhead = 128

  /// All cells of the namespaces, of one moment, without holding up whoever commits.
  public func cells(of namespaces: [String]) throws(LedgerError) -> [[Cell]] {
    try read { database in try namespaces.map { try Self.cells(of: $0, in: database) } }
  }

  /// As ``cells(of:)``. Those that would take more than `limit` bytes of memory are not read at all.
  public func cells(of namespaces: [String], limit: Int) throws(LedgerError) -> Cells {
    try read { database in
      var bytes = 0
      for namespace in namespaces {
        // The lengths alone: SQLite does not fetch long values for them.
        bytes += try database.list(
          "SELECT coalesce(sum(length(key) + length(value) + ?), 0) FROM cell WHERE namespace = ?",
          .integer(Int64(Self.cellOverhead)), .text(namespace)
        ) { Int($0.integer(0)) }[0]
      }
      guard bytes <= limit else { return .tooMany(bytes: bytes) }
      return .read(try namespaces.map { try Self.cells(of: $0, in: database) })
    }
  }

  private static func cells(of namespace: String, in database: Database) throws -> [Cell] {
    try database.list("SELECT part, key, value FROM cell WHERE namespace = ? ORDER BY part, key", .text(namespace)) {
      Cell(part: $0.text(0), key: $0.bytes(1), value: $0.bytes(2))
    }
  }

  public func quarantined() throws(LedgerError) -> [Quarantine] {
    try read { try Quarantine.all($0) }
  }

  /// The event of that id, where a rule is not done with it or gave it up.
  public func event(_ id: String) throws(LedgerError) -> StoredEvent? {
    try read { database in
      var found: StoredEvent?
      for table in ["backlog", "parked_event"] where found == nil {
        found = try database.list(
          "SELECT stream, event_id, event_type, event, replayed FROM \(table) WHERE event_id = ? LIMIT 1", .text(id)
        ) {
          StoredEvent(
            stream: $0.text(0), id: $0.optionalText(1), type: $0.text(2), text: $0.bytes(3), replayed: $0.flag(4))
        }.first
      }
      return found
    }
  }
}
