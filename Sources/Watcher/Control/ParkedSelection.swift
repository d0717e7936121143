import Ledger

/// Which parked events and deliveries a person means.
public enum ParkedSelection: Sendable, Hashable {
  case all
  case ids(Set<Int64>)
  /// Of a rule file, by its namespace, or of one of its handlers.
  case rule(String)

  /// Calls `body` with everything that is meant: the events in the order of their ids, then the deliveries. Little of it
  /// is in memory at a time.
  public func forEach(in reader: LedgerReader, _ body: (ParkedItem) throws -> Void) throws {
    try forEach(
      read: { try reader.parkedEvents(after: $0, limit: Self.part) }, id: \.id,
      body: { event in
        guard contains(event.id, event.parked.namespace, event.parked.failure.handler) else { return }
        try body(ParkedItem(event))
      })
    try forEach(
      read: { try reader.parkedDeliveries(after: $0, limit: Self.part) }, id: \.id,
      body: { delivery in
        let rule = delivery.delivery.rule ?? ""
        guard contains(delivery.id, Self.namespace(of: rule), rule) else { return }
        try body(ParkedItem(delivery))
      })
  }

  private static let part = 100

  private func forEach<Item>(
    read: (Int64) throws -> [Item], id: (Item) -> Int64, body: (Item) throws -> Void
  ) throws {
    var last: Int64 = 0
    while true {
      let items = try read(last)
      for item in items { try body(item) }
      guard items.count == Self.part, let end = items.last else { return }
      last = id(end)
    }
  }

  private func contains(_ id: Int64, _ namespace: String, _ handler: String) -> Bool {
    switch self {
    case .all: true
    case .ids(let ids): ids.contains(id)
    case .rule(let name): name == namespace || name == handler
    }
  }

  /// The namespace stands in front of the handler's own name.
  private static func namespace(of handler: String) -> String {
    handler.lastIndex(of: "/").map { String(handler[..<$0]) } ?? handler
  }
}
