import Ledger

extension LedgerCommit {
  /// A commit that `fill` fills.
  init(_ fill: (inout LedgerCommit) -> Void) {
    self.init()
    fill(&self)
  }

  /// Commit `number` of a row of them: each part of it tells the number.
  static func numbered(_ number: Int) -> LedgerCommit {
    LedgerCommit {
      $0.streams = [StreamProgress(stream: "all", position: String(number))]
      $0.seen = [SeenDigests(feed: "user", digests: .digests(number..<number + 1))]
      $0.cells = [CellChange(namespace: "a.lua", part: "kv", key: Array("n".utf8), value: Array(String(number).utf8))]
      $0.deliveries = [.example(key: String(number), payload: Array(repeating: UInt8(number % 256), count: 3000))]
    }
  }
}

extension NewDelivery {
  static func example(
    sink: String = "slack", key: String = "k", path: String? = nil, target: String = "",
    payload: [UInt8] = [1, 0, 255], due: Int64 = 2_000
  ) -> NewDelivery {
    NewDelivery(
      sink: sink, kind: "webhook", key: key, rule: "a.lua:3", path: path, target: target, payload: payload,
      createdAt: 1_000, due: due)
  }
}

extension NewBacklogEntry {
  static func example(namespace: String = "a.lua", handlers: [String] = [], id: String? = "e1") -> NewBacklogEntry {
    NewBacklogEntry(namespace: namespace, handlers: handlers, event: .example(id: id), due: 5_000)
  }
}

extension StoredEvent {
  static func example(id: String? = "e1") -> StoredEvent {
    StoredEvent(
      stream: "all", id: id, type: "ITEM_UPLOAD", text: Array(#"{"event_id":"e1","n":"\u0000é"}"#.utf8), replayed: true)
  }
}

extension HandlerFailure {
  static func example(_ handler: String) -> HandlerFailure {
    HandlerFailure(
      handler: handler, reason: "error", message: "attempt to index a nil value", location: "a.lua:7",
      traceback: "stack traceback:\n\ta.lua:7")
  }
}

extension [UInt8] {
  /// Packed digests; each tells its number.
  static func digests(_ numbers: Range<Int>) -> [UInt8] {
    numbers.flatMap { number in (0..<16).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 8))) } }
  }
}
