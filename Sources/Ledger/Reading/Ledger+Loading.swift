import GRDB

extension Ledger {
  public func streams() async throws(LedgerError) -> [StreamProgress] {
    try await perform { try StreamProgress.all($0) }
  }

  /// The digests of each feed, packed, the oldest first.
  public func seen() async throws(LedgerError) -> [String: [UInt8]] {
    try await perform { database in
      var seen: [String: [UInt8]] = [:]
      try database.query("SELECT feed, sum(length(digests)) FROM seen GROUP BY feed") {
        seen[$0.text(0), default: []].reserveCapacity(Int($0.integer(1)))
      }
      try database.query("SELECT feed, digests FROM seen ORDER BY id") { row in
        row.withBytes(1) { seen[row.text(0), default: []].append(contentsOf: $0) }
      }
      return seen
    }
  }

  /// All cells of a rule file.
  public func cells(of namespace: String) async throws(LedgerError) -> [Cell] {
    try await perform {
      try $0.list("SELECT part, key, value FROM cell WHERE namespace = ? ORDER BY part, key", .text(namespace)) {
        Cell(part: $0.text(0), key: $0.bytes(1), value: $0.bytes(2))
      }
    }
  }

  public func fileMarks() async throws(LedgerError) -> [StoredFileMark] {
    try await perform {
      try $0.list("SELECT path, file, length FROM file_mark ORDER BY path") {
        StoredFileMark(
          path: $0.text(0), file: $0.optionalInteger(1).map { UInt64(bitPattern: $0) }, length: Int($0.integer(2)))
      }
    }
  }

  /// A rule file's backlog in its order, due or not.
  /// - Parameter id: the last one of the part before, 0 for the first part.
  public func entries(
    of namespace: String, after id: Int64 = 0, limit: Int
  ) async throws(LedgerError) -> [BacklogEntry] {
    try await perform {
      try $0.list(
        "SELECT \(BacklogEntry.columns) FROM backlog WHERE namespace = ? AND id > ? ORDER BY id LIMIT ?",
        .text(namespace), .integer(id), SQLValue(limit), row: BacklogEntry.init)
    }
  }

  public func counts() async throws(LedgerError) -> LedgerCounts {
    try await perform { try LedgerCounts($0) }
  }

  public func parkedEvents(after id: Int64 = 0, limit: Int) async throws(LedgerError) -> [ParkedEvent] {
    try await perform { try ParkedEvent.all($0, after: id, limit: limit) }
  }

  public func parkedDeliveries(after id: Int64 = 0, limit: Int) async throws(LedgerError) -> [StoredDelivery] {
    try await perform { try StoredDelivery.parked($0, after: id, limit: limit) }
  }

  public func quarantined() async throws(LedgerError) -> [Quarantine] {
    try await perform { try Quarantine.all($0) }
  }

  public func gaps() async throws(LedgerError) -> [Gap] {
    try await perform { try Gap.all($0) }
  }

  public func meta() async throws(LedgerError) -> [String: String] {
    try await perform { database in
      var meta: [String: String] = [:]
      try database.query("SELECT key, value FROM meta") { meta[$0.text(0)] = $0.text(1) }
      return meta
    }
  }
}
