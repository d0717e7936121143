import GRDB

/// How much there is of everything, by the name that it belongs to.
public struct LedgerCounts: Sendable, Hashable {
  /// Pending deliveries of each sink.
  public internal(set) var deliveries: [String: Int] = [:]
  /// Why deliveries wait: of each sink's that failed before, the last error of the one that is tried last.
  public internal(set) var deliveryErrors: [String: String] = [:]
  /// Entries in the backlog of each rule file.
  public internal(set) var entries: [String: Int] = [:]
  /// Parked deliveries of each sink.
  public internal(set) var parkedDeliveries: [String: Int] = [:]
  /// Parked events of each rule file.
  public internal(set) var parkedEvents: [String: Int] = [:]
  /// Ids of seen events of each feed.
  public internal(set) var seen: [String: Int] = [:]

  init(_ database: Database) throws {
    deliveries = try Self.count("sink, count(*) FROM delivery WHERE parked IS NULL GROUP BY sink", database)
    // SQLite takes the other columns from the row of the maximum.
    let failed = "SELECT sink, error, max(due) FROM delivery WHERE parked IS NULL AND error IS NOT NULL GROUP BY sink"
    var errors: [String: String] = [:]
    try database.query(failed) { errors[$0.text(0)] = $0.text(1) }
    deliveryErrors = errors
    entries = try Self.count("namespace, count(*) FROM backlog GROUP BY namespace", database)
    parkedDeliveries = try Self.count("sink, count(*) FROM delivery WHERE parked IS NOT NULL GROUP BY sink", database)
    parkedEvents = try Self.count("namespace, count(*) FROM parked_event GROUP BY namespace", database)
    seen = try Self.count("feed, sum(length(digests)) / \(SeenDigests.size) FROM seen GROUP BY feed", database)
  }

  private static func count(_ query: String, _ database: Database) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    try database.query("SELECT " + query) { counts[$0.text(0)] = Int($0.integer(1)) }
    return counts
  }
}
