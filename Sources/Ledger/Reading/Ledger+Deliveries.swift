import GRDB

/// Deliveries that wait, and what is known of the others of their kind, all of one moment.
public struct PendingDeliveries: Sendable, Hashable {
  public let deliveries: [StoredDelivery]
  /// Whether there were no more than these.
  public let isAll: Bool
  /// The id that the ledger gave last: what was not there to be read has higher ones.
  public let last: Int64
  /// When the next of those is due that are not due yet; nil where there are none, and where due or not did not matter.
  public let nextDue: Int64?
}

extension Ledger {
  /// Pending deliveries in the order in which they were caused, due or not.
  /// - Parameters:
  ///   - sink: nil for all.
  ///   - path: a file that they go into; nil for all.
  ///   - id: the last one of the part before, 0 for the first part.
  public func pending(
    to sink: String? = nil, into path: String? = nil, after id: Int64 = 0, limit: Int
  ) async throws(LedgerError) -> PendingDeliveries {
    try await perform { database in
      var query = "SELECT \(StoredDelivery.columns) FROM delivery WHERE parked IS NULL AND id > ?"
      var values: [SQLValue] = [.integer(id)]
      for (column, value) in [("sink", sink), ("path", path)] {
        guard let value else { continue }
        query += " AND \(column) = ?"
        values.append(.text(value))
      }
      let deliveries = try database.list(
        query + " ORDER BY id LIMIT ?", values + [SQLValue(limit)], row: StoredDelivery.init)
      return PendingDeliveries(
        deliveries: deliveries, isAll: deliveries.count < limit, last: try Self.lastID(database), nextDue: nil)
    }
  }

  /// Pending deliveries to one of a sink's places that are due, the earliest first: those without a failed attempt, and
  /// those that were not put off to a time between the two.
  /// - Parameters:
  ///   - now: milliseconds since 1970, as the other.
  ///   - beyond: nothing is put off for so long but by a clock that was ahead.
  public func pending(
    to sink: String, at target: String, due now: Int64, orBeyond beyond: Int64, limit: Int
  ) async throws(LedgerError) -> PendingDeliveries {
    // The expressions of the index, so that what is put off is not looked through.
    let lane = """
      FROM delivery WHERE parked IS NULL AND path IS NULL AND sink = ? AND target = ? AND (attempts > 0) =
      """
    return try await perform { database in
      func list(_ condition: String, _ values: SQLValue...) throws -> [StoredDelivery] {
        try database.list(
          "SELECT \(StoredDelivery.columns) \(lane) \(condition) ORDER BY due LIMIT ?",
          [.text(sink), .text(target)] + values + [SQLValue(limit)], row: StoredDelivery.init)
      }
      let due =
        try list("0") + list("1 AND due <= ?", .integer(now)) + list("1 AND due > ?", .integer(beyond))
      var next: Int64?
      try database.query(
        "SELECT min(due) \(lane) 1 AND due > ? AND due <= ?", .text(sink), .text(target), .integer(now),
        .integer(beyond)
      ) { next = $0.optionalInteger(0) }
      // What only a clock that was ahead has put off is due now.
      let first = due.sorted { (min($0.delivery.due, now), $0.id) < (min($1.delivery.due, now), $1.id) }.prefix(limit)
      return PendingDeliveries(
        deliveries: Array(first), isAll: due.count < limit, last: try Self.lastID(database), nextDue: next)
    }
  }

  /// The places that pending deliveries of a sink go to.
  public func targets(of sink: String) async throws(LedgerError) -> [String] {
    try await perform { database in
      var targets: [String] = []
      // One step for each place, however much waits for it.
      var hasMore = true
      while hasMore {
        hasMore = false
        try database.query(
          """
          SELECT min(target) FROM delivery
          WHERE parked IS NULL AND path IS NULL AND sink = ? AND target > ?
          """, .text(sink), targets.last.map { .text($0) } ?? .text("")
        ) { row in
          guard let target = row.optionalText(0) else { return }
          targets.append(target)
          hasMore = true
        }
      }
      var hasUnnamed = false
      try database.query(
        "SELECT 1 FROM delivery WHERE parked IS NULL AND path IS NULL AND sink = ? AND target = '' LIMIT 1", .text(sink)
      ) { _ in hasUnnamed = true }
      return hasUnnamed ? [""] + targets : targets
    }
  }

  /// The id that was given last: later ones are higher.
  public func lastID() async throws(LedgerError) -> Int64 {
    try await perform { try Self.lastID($0) }
  }

  private static func lastID(_ database: Database) throws -> Int64 {
    var last: Int64 = 0
    try database.query("SELECT last FROM sequence") { last = $0.integer(0) }
    return last
  }
}
