import GRDB

extension NewBacklogEntry {
  func write(to database: Database, _ id: Int64) throws {
    try database.run(
      """
      INSERT INTO backlog (id, namespace, handlers, stream, event_id, event_type, event, replayed, attempts, due, error,
        first_failure)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(id), .text(namespace), .bytes(Netstrings.encode(handlers)), .text(event.stream), SQLValue(event.id),
      .text(event.type), .bytes(event.text), SQLValue(event.replayed), SQLValue(attempts), .integer(due),
      SQLValue(error), SQLValue(firstFailure))
  }
}

extension BacklogUpdate {
  func write(to database: Database) throws {
    try database.run(
      "UPDATE backlog SET handlers = ?, attempts = ?, due = ?, error = ?, first_failure = ? WHERE id = ?",
      .bytes(Netstrings.encode(handlers)), SQLValue(attempts), .integer(due), SQLValue(error), SQLValue(firstFailure),
      .integer(id))
  }
}

extension HandlerFailure {
  /// Copies an entry's event to the parked ones.
  func park(entry: Int64, at: Int64, in database: Database, _ id: Int64) throws {
    try database.run(
      """
      INSERT INTO parked_event (id, namespace, handler, stream, event_id, event_type, event, replayed, attempts,
        first_failure, parked, reason, error, location, traceback)
      SELECT ?, namespace, ?, stream, event_id, event_type, event, replayed, attempts, first_failure, ?, ?, ?, ?, ?
      FROM backlog WHERE id = ?
      """,
      .integer(id), .text(handler), .integer(at), .text(reason), .text(message), SQLValue(location),
      SQLValue(traceback), .integer(entry))
  }
}

extension NewParkedEvent {
  func write(to database: Database, _ id: Int64) throws {
    try database.run(
      """
      INSERT INTO parked_event (id, namespace, handler, stream, event_id, event_type, event, replayed, attempts,
        first_failure, parked, reason, error, location, traceback)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(id), .text(namespace), .text(failure.handler), .text(event.stream), SQLValue(event.id),
      .text(event.type), .bytes(event.text), SQLValue(event.replayed), SQLValue(attempts), SQLValue(firstFailure),
      .integer(parkedAt), .text(failure.reason), .text(failure.message), SQLValue(failure.location),
      SQLValue(failure.traceback))
  }
}

extension DueAgain {
  /// Moves a parked event to the end of its rule's backlog, as if for the first time.
  /// - Returns: whether it was there.
  func retry(in database: Database, _ entry: Int64) throws -> Bool {
    var retried: NewBacklogEntry?
    try database.query("SELECT \(ParkedEvent.columns) FROM parked_event WHERE id = ?", .integer(id)) {
      let parked = ParkedEvent($0).parked
      retried = NewBacklogEntry(
        namespace: parked.namespace, handlers: [parked.failure.handler], event: parked.event, due: due)
    }
    guard let retried else { return false }
    try retried.write(to: database, entry)
    try database.run("DELETE FROM parked_event WHERE id = ?", .integer(id))
    return true
  }
}
