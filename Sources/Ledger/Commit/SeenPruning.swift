import GRDB

/// Keeps the digests of seen events within bounds: whole rows of a feed go, the oldest first.
struct SeenPruning: Sendable {
  /// What a feed keeps in any case.
  static let leastPerFeed = 5_000

  private let perFeed: Int
  private let inAll: Int
  /// Digests of each feed in use.
  private var counts: [String: Int] = [:]
  /// The newest row of each feed, where it is a short one of this run.
  private var shortRows: [String: (id: Int64, digests: [UInt8])] = [:]

  /// Bytes up to which pages share a row. A quiet feed's pages bring one id each, and as many rows would load slowly.
  private static let shortRow = 64 * SeenDigests.size

  init(_ database: Database, options: Ledger.Options) throws {
    perFeed = options.seenPerFeed
    inAll = options.seenInAll
    try database.query("SELECT feed, sum(length(digests)) FROM seen GROUP BY feed") {
      let feed = $0.text(0)
      // What a feed that is gone has left takes no room from the others.
      if let feeds = options.feeds, !feeds.contains(feed) { return }
      counts[feed] = Int($0.integer(1)) / SeenDigests.size
    }
  }

  /// The digests of a feed that are never pruned.
  private var bound: Int { max(Self.leastPerFeed, min(perFeed, inAll / max(counts.count, 1))) }

  /// Stores a page's digests, and drops rows of its feed where they have become too many.
  mutating func store(_ seen: SeenDigests, in database: Database) throws {
    guard !seen.digests.isEmpty else { return }
    try write(seen, to: database)
    let count = counts[seen.feed, default: 0] + seen.digests.count / SeenDigests.size
    counts[seen.feed] = count
    let excess = count - bound
    // Many rows at once, now and then: a page alone would pay for it at every commit.
    guard excess > bound / 16 else { return }
    counts[seen.feed] = count - (try drop(excess, of: seen.feed, in: database))
  }

  private mutating func write(_ seen: SeenDigests, to database: Database) throws {
    if var row = shortRows[seen.feed], row.digests.count + seen.digests.count <= Self.shortRow {
      row.digests += seen.digests
      shortRows[seen.feed] = row
      return try database.run("UPDATE seen SET digests = ? WHERE id = ?", .bytes(row.digests), .integer(row.id))
    }
    try database.run("INSERT INTO seen (feed, digests) VALUES (?, ?)", .text(seen.feed), .bytes(seen.digests))
    let isShort = seen.digests.count < Self.shortRow
    shortRows[seen.feed] = isShort ? (database.lastInsertedRowID, seen.digests) : nil
  }

  /// Drops the oldest rows that together hold no more than `excess` digests, and returns how many those were.
  private func drop(_ excess: Int, of feed: String, in database: Database) throws -> Int {
    var dropped = 0
    var last: Int64?
    var isDone = false
    // The index gives the rows in the order of their ids; a length is read without its blob.
    try database.query(
      "SELECT id, length(digests) FROM seen WHERE feed = ? ORDER BY id LIMIT ?", .text(feed), .integer(Int64(excess))
    ) {
      let count = Int($0.integer(1)) / SeenDigests.size
      isDone = isDone || dropped + count > excess
      if isDone { return }
      dropped += count
      last = $0.integer(0)
    }
    guard let last else { return 0 }
    try database.run("DELETE FROM seen WHERE feed = ? AND id <= ?", .text(feed), .integer(last))
    return dropped
  }
}
