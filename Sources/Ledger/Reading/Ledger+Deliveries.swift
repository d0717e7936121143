import GRDB

/// Deliveries that wait, and what is known of the others of their kind, all of one moment.
public struct PendingDeliveries: Sendable, Hashable {
  public let deliveries: [StoredDelivery]
  /// Whether there were no more than these.
  public let isAll: Bool
  /// What was not there to be read, or comes in a later part, has higher ids than this.
  public let through: Int64
  /// When the next of those is due that are not due yet; nil where there are none, and where due or not did not matter.
  public let nextDue: Int64?
}

extension Ledger {
  /// Pending deliveries in the order in which they were caused, due or not.
  /// - Parameters:
  ///   - sink: nil for all.
  ///   - id: the last one of the part before, 0 for the first part.
  ///   - paths: files whose deliveries are left out.
  public func pending(
    to sink: String? = nil, after id: Int64 = 0, without paths: Set<String> = [], limit: Int
  ) async throws(LedgerError) -> PendingDeliveries {
    try await perform { database in
      var query = "SELECT \(StoredDelivery.columns) FROM delivery WHERE parked IS NULL AND id > ?"
      var values: [SQLValue] = [.integer(id)]
      if let sink {
        query += " AND sink = ?"
        values.append(.text(sink))
      }
      if !paths.isEmpty {
        query += " AND (path IS NULL OR path NOT IN (\(paths.map { _ in "?" }.joined(separator: ", "))))"
        values += paths.map { .text($0) }
      }
      let deliveries = try database.list(
        query + " ORDER BY id LIMIT ?", values + [SQLValue(limit)], row: StoredDelivery.init)
      let isAll = deliveries.count < limit
      return PendingDeliveries(
        deliveries: deliveries, isAll: isAll, through: isAll ? try Self.lastID(database) : deliveries.last?.id ?? id,
        nextDue: nil)
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
    // The expression of the index, so that what is put off is not looked through.
    let lane = "FROM delivery WHERE parked IS NULL AND sink = ? AND target = ? AND (attempts > 0) ="
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
      let first = due.sorted { ($0.delivery.due, $0.id) < ($1.delivery.due, $1.id) }.prefix(limit)
      return PendingDeliveries(
        deliveries: Array(first), isAll: first.count < limit, through: try Self.lastID(database), nextDue: next)
    }
  }

  /// The places that pending deliveries of a sink go to.
  public func targets(of sink: String) async throws(LedgerError) -> [String] {
    try await perform {
      try $0.list(
        "SELECT DISTINCT target FROM delivery WHERE parked IS NULL AND target IS NOT NULL AND sink = ? ORDER BY target",
        [.text(sink)]
      ) { $0.text(0) }
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
