import GRDB

extension LedgerCommit {
  /// Writes every part, within the caller's transaction.
  func write(to database: Database, _ pruning: inout SeenPruning) throws -> LedgerReceipt {
    var sequence = try Sequence(database)
    var receipt = LedgerReceipt()
    for progress in streams { try progress.write(to: database) }
    for digests in seen { try pruning.store(digests, in: database) }
    for cell in cells { try cell.write(to: database) }

    for delivery in deliveries {
      let id = sequence.next()
      try delivery.write(to: database, id)
      receipt.deliveries.append(id)
    }
    for retry in deliveriesRetried { try retry.write(to: database) }
    for parking in deliveriesParked { try parking.write(to: database) }
    for again in deliveriesUnparked {
      let id = sequence.next()
      receipt.unparkedDeliveries.append(try again.unpark(in: database, as: id) ? id : nil)
    }
    for id in deliveriesDone { try database.run("DELETE FROM delivery WHERE id = ?", .integer(id)) }
    for mark in fileMarks { try mark.write(to: database) }
    for path in fileMarksForgotten { try database.run("DELETE FROM file_mark WHERE path = ?", .text(path)) }

    for entry in entries {
      let id = sequence.next()
      try entry.write(to: database, id)
      receipt.entries.append(id)
    }
    for update in entriesUpdated { try update.write(to: database) }
    for parking in entriesParked {
      for failure in parking.failures {
        let id = sequence.next()
        try failure.park(entry: parking.id, at: parking.at, in: database, id)
        receipt.parkedEvents.append(id)
      }
      if !parking.keepsEntry { try Self.remove(entry: parking.id, from: database) }
    }
    for id in entriesFinished { try Self.remove(entry: id, from: database) }

    for event in eventsParked {
      let id = sequence.next()
      try event.write(to: database, id)
      receipt.parkedEvents.append(id)
    }
    for again in eventsRetried {
      let id = sequence.next()
      receipt.retriedEntries.append(try again.retry(in: database, id) ? id : nil)
    }
    for id in eventsDropped { try database.run("DELETE FROM parked_event WHERE id = ?", .integer(id)) }

    for quarantine in quarantined { try quarantine.write(to: database) }
    for handler in released { try database.run("DELETE FROM quarantine WHERE handler = ?", .text(handler)) }
    for gap in gaps {
      let id = sequence.next()
      try gap.write(to: database, id)
      receipt.gaps.append(id)
    }
    if !gaps.isEmpty {
      try database.run(
        "DELETE FROM gap WHERE id <= (SELECT id FROM gap ORDER BY id DESC LIMIT 1 OFFSET ?)",
        .integer(Int64(LedgerCommit.gapsKept)))
    }
    for id in gapsFilled { try database.run("UPDATE gap SET filled = 1 WHERE id = ?", .integer(id)) }
    for change in meta { try change.write(to: database) }
    try sequence.store(in: database)
    return receipt
  }

  private static func remove(entry id: Int64, from database: Database) throws {
    try database.run("DELETE FROM backlog WHERE id = ?", .integer(id))
  }
}

extension StreamProgress {
  fileprivate func write(to database: Database) throws {
    try database.run(
      """
      INSERT INTO stream (name, position, created_after) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET position = excluded.position, created_after = excluded.created_after
      WHERE excluded.position IS NOT NULL OR excluded.created_after IS NOT NULL
      """, .text(stream), SQLValue(position), SQLValue(createdAfter))
  }
}

extension CellChange {
  fileprivate func write(to database: Database) throws {
    guard let value else {
      return try database.run(
        "DELETE FROM cell WHERE namespace = ? AND part = ? AND key = ?", .text(namespace), .text(part), .bytes(key))
    }
    try database.run(
      """
      INSERT INTO cell (namespace, part, key, value) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value
      """,
      .text(namespace), .text(part), .bytes(key), .bytes(value))
  }
}

extension Quarantine {
  fileprivate func write(to database: Database) throws {
    try database.run(
      "INSERT OR REPLACE INTO quarantine (handler, since, reason) VALUES (?, ?, ?)",
      .text(handler), .integer(since), .text(reason))
  }
}

extension NewGap {
  fileprivate func write(to database: Database, _ id: Int64) throws {
    try database.run(
      "INSERT INTO gap (id, stream, noticed, beginning, ending, reason, filled) VALUES (?, ?, ?, ?, ?, ?, ?)",
      .integer(id), .text(stream), .integer(noticed), SQLValue(from), SQLValue(to), .text(reason), SQLValue(filled))
  }
}

extension MetaChange {
  fileprivate func write(to database: Database) throws {
    guard let value else { return try database.run("DELETE FROM meta WHERE key = ?", .text(key)) }
    try database.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", .text(key), .text(value))
  }
}
