import GRDB

/// The ids of one commit: one ascending sequence for deliveries, backlog entries, parked events and gaps.
struct Sequence {
  private let stored: Int64
  private var last: Int64

  init(_ database: Database) throws {
    var stored: Int64 = 0
    try database.query("SELECT last FROM sequence") { stored = $0.integer(0) }
    self.stored = stored
    last = stored
  }

  mutating func next() -> Int64 {
    last += 1
    return last
  }

  func store(in database: Database) throws {
    if last != stored { try database.run("UPDATE sequence SET last = ?", .integer(last)) }
  }
}
