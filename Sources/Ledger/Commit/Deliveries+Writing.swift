import GRDB

extension NewDelivery {
  func write(to database: Database, _ id: Int64) throws {
    try database.run(
      """
      INSERT INTO delivery (id, sink, kind, key, rule, path, target, payload, created, due)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(id), .text(sink), .text(kind), .text(key), SQLValue(rule), SQLValue(path), .text(target),
      .bytes(payload), .integer(createdAt), .integer(due))
  }
}

extension DeliveryRetry {
  func write(to database: Database) throws {
    try database.run(
      "UPDATE delivery SET attempts = ?, due = ?, error = ? WHERE id = ?",
      SQLValue(attempts), .integer(due), .text(error), .integer(id))
  }
}

extension DeliveryParking {
  func write(to database: Database) throws {
    try database.run(
      "UPDATE delivery SET parked = ?, error = ? WHERE id = ?", .integer(at), .text(error), .integer(id))
  }
}

extension DueAgain {
  /// Moves a parked delivery to the end of the outbox: what is in a file stands there in the order of the ids.
  /// - Returns: whether it was there.
  func unpark(in database: Database, as newID: Int64) throws -> Bool {
    // Its 24 hours of attempts begin anew, also for a process that starts after the next failure.
    try database.run(
      """
      UPDATE delivery SET id = ?3, parked = NULL, attempts = 0, created = ?1, due = ?1, error = NULL
      WHERE id = ?2 AND parked IS NOT NULL
      """,
      .integer(due), .integer(id), .integer(newID))
    return database.changesCount > 0
  }
}

extension StoredFileMark {
  func write(to database: Database) throws {
    // SQLite's integers are signed; the bits are what counts.
    try database.run(
      "INSERT OR REPLACE INTO file_mark (path, file, length) VALUES (?, ?, ?)",
      .text(path), SQLValue(file.map { Int64(bitPattern: $0) }), SQLValue(length))
  }
}
