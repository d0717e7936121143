import GRDB

extension StreamProgress {
  static func all(_ database: Database) throws -> [StreamProgress] {
    try database.list("SELECT name, position, created_after FROM stream ORDER BY name") {
      StreamProgress(stream: $0.text(0), position: $0.optionalText(1), createdAfter: $0.optionalText(2))
    }
  }
}

extension StoredDelivery {
  static let columns = columns(target: "target")

  private static func columns(target: String) -> String {
    "id, sink, kind, key, rule, path, \(target), payload, created, due, attempts, error, parked"
  }

  init(_ row: SQLRow) {
    id = row.integer(0)
    delivery = NewDelivery(
      sink: row.text(1), kind: row.text(2), key: row.text(3), rule: row.optionalText(4), path: row.optionalText(5),
      target: row.text(6), payload: row.bytes(7), createdAt: row.integer(8), due: row.integer(9))
    attempts = Int(row.integer(10))
    error = row.optionalText(11)
    parkedAt = row.optionalInteger(12)
  }

  /// - Parameter knowsTargets: false for a ledger that may be of the first version, which has none.
  static func parked(
    _ database: Database, after id: Int64, limit: Int, knowsTargets: Bool = true
  ) throws -> [StoredDelivery] {
    try database.list(
      "SELECT \(columns(target: knowsTargets ? "target" : "''")) FROM delivery WHERE parked IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
      .integer(id), SQLValue(limit), row: StoredDelivery.init)
  }
}

extension BacklogEntry {
  static let columns = """
    id, namespace, handlers, stream, event_id, event_type, event, replayed, attempts, due, error, first_failure
    """

  init(_ row: SQLRow) throws {
    id = row.integer(0)
    guard let handlers = Netstrings.decode(row.bytes(2)) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "backlog entry \(id) names no handlers")
    }
    entry = NewBacklogEntry(
      namespace: row.text(1), handlers: handlers,
      event: StoredEvent(
        stream: row.text(3), id: row.optionalText(4), type: row.text(5), text: row.bytes(6), replayed: row.flag(7)),
      attempts: Int(row.integer(8)), due: row.integer(9), error: row.optionalText(10),
      firstFailure: row.optionalInteger(11))
  }
}

extension ParkedEvent {
  static let columns = """
    id, namespace, handler, stream, event_id, event_type, event, replayed, attempts, first_failure, parked, reason,
    error, location, traceback
    """

  init(_ row: SQLRow) {
    id = row.integer(0)
    parked = NewParkedEvent(
      namespace: row.text(1),
      event: StoredEvent(
        stream: row.text(3), id: row.optionalText(4), type: row.text(5), text: row.bytes(6), replayed: row.flag(7)),
      failure: HandlerFailure(
        handler: row.text(2), reason: row.text(11), message: row.text(12), location: row.optionalText(13),
        traceback: row.optionalText(14)),
      attempts: Int(row.integer(8)), firstFailure: row.optionalInteger(9), parkedAt: row.integer(10))
  }

  static func all(_ database: Database, after id: Int64, limit: Int) throws -> [ParkedEvent] {
    try database.list(
      "SELECT \(columns) FROM parked_event WHERE id > ? ORDER BY id LIMIT ?",
      .integer(id), SQLValue(limit), row: ParkedEvent.init)
  }
}

extension Quarantine {
  static func all(_ database: Database) throws -> [Quarantine] {
    try database.list("SELECT handler, since, reason FROM quarantine ORDER BY handler") {
      Quarantine(handler: $0.text(0), since: $0.integer(1), reason: $0.text(2))
    }
  }
}

extension Gap {
  static func all(_ database: Database) throws -> [Gap] {
    try database.list("SELECT id, stream, noticed, beginning, ending, reason, filled FROM gap ORDER BY id") {
      Gap(
        id: $0.integer(0),
        gap: NewGap(
          stream: $0.text(1), noticed: $0.integer(2), from: $0.optionalText(3), to: $0.optionalText(4),
          reason: $0.text(5), filled: $0.flag(6)))
    }
  }
}
