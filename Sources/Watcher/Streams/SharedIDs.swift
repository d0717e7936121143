import BoxClient
import Synchronization

/// The ids of events that several streams may bring: both enterprise streams of an account have the same (CONFIG.md),
/// and a gap's may come with its stream. Used while a page is in hand, which is one at a time.
final class SharedIDs: Sendable {
  private let feeds: Mutex<[String: SeenEvents]>

  /// - Parameters:
  ///   - streams: of which those that are alone on their feed need nothing here.
  ///   - seen: what was handled in earlier runs, by feed, packed.
  init(_ streams: [WatchedStream], seen: [String: [UInt8]], capacity: Int) {
    let shared = Dictionary(grouping: streams, by: \.feedName).filter { $0.value.count > 1 }.keys
    feeds = Mutex(
      Dictionary(
        uniqueKeysWithValues: shared.map { feed in
          (feed, SeenEvents(capacity: capacity, recent: EventDigest.unpacked(seen[feed] ?? [])))
        }))
  }

  /// From here on, whatever else brings events of the feed shares its ids, too.
  ///
  /// - Parameter seen: what was handled so far; not used where the feed is shared already.
  func share(_ feed: String, _ seen: SeenEvents) {
    feeds.withLock { if $0[feed] == nil { $0[feed] = seen } }
  }

  /// Those of a page's events that no stream of the feed has brought yet.
  func unseen(_ fresh: [Int], of feed: String, _ digest: (Int) -> EventDigest) -> [Int] {
    feeds.withLock { feeds in
      guard let seen = feeds[feed] else { return fresh }
      return fresh.filter { !seen.contains(digest($0)) }
    }
  }

  func handled(_ fresh: [Int], of feed: String, _ digest: (Int) -> EventDigest) {
    feeds.withLock { feeds in
      guard feeds[feed] != nil else { return }
      for index in fresh { feeds[feed]?.insert(digest(index)) }
    }
  }
}
