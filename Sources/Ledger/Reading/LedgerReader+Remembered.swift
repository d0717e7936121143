import GRDB

extension LedgerReader {
  /// All cells of the namespaces, of one moment, without holding up whoever commits.
  public func cells(of namespaces: [String]) throws(LedgerError) -> [[Cell]] {
    try read { database in
      try namespaces.map { namespace in
        try database.list("SELECT part, key, value FROM cell WHERE namespace = ? ORDER BY part, key", .text(namespace))
        {
          Cell(part: $0.text(0), key: $0.bytes(1), value: $0.bytes(2))
        }
      }
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
