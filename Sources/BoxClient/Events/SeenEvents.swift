/// The digests of the events that came last, so that an event which Box repeats is handled once.
///
/// A ring of digests in the order in which they came, and an open-addressing table of places in that ring: about 24
/// bytes an event. Both grow with what comes, and allocate no more once the ring is full and the oldest leave. Each
/// feed has one of its own.
public struct SeenEvents: Sendable {
  /// How many are remembered.
  public let capacity: Int
  private var ring: [EventDigest] = []
  private var oldest = 0
  /// Places in the ring plus one; 0 is free. A power of two long, never more than half full.
  private var table: [UInt32] = Array(repeating: 0, count: 1024)

  /// - Parameter recent: what was seen in an earlier run, oldest first.
  public init(capacity: Int = 250_000, recent: some Sequence<EventDigest> = EmptyCollection()) {
    precondition(capacity > 0 && capacity < 1 << 31, "a memory of \(capacity) events")
    self.capacity = capacity
    for digest in recent { insert(digest) }
  }

  public var count: Int { ring.count }

  public func contains(_ digest: EventDigest) -> Bool {
    table[slot(of: digest)] != 0
  }

  /// Remembers an event. False where it was known already.
  @discardableResult
  public mutating func insert(_ digest: EventDigest) -> Bool {
    var slot = slot(of: digest)
    guard table[slot] == 0 else { return false }
    if ring.count < capacity {
      ring.append(digest)
      table[slot] = UInt32(ring.count)
      if ring.count * 2 > table.count { growTable() }
    } else {
      remove(ring[oldest])
      // The removal may have moved entries, this event's free slot among them.
      slot = self.slot(of: digest)
      ring[oldest] = digest
      table[slot] = UInt32(oldest + 1)
      oldest = oldest + 1 == capacity ? 0 : oldest + 1
    }
    return true
  }

  /// Remembers a page's events.
  ///
  /// - Returns: the places of those that were not known, in order.
  @discardableResult
  public mutating func insert(_ events: Events) -> [Int] {
    let entries = events.entries
    return entries.indices.filter { insert(entries[$0].digest) }
  }

  /// Where the digest stands, or the free slot where it would.
  private func slot(of digest: EventDigest) -> Int {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: digest.low) & mask
    while table[slot] != 0, ring[Int(table[slot]) - 1] != digest { slot = (slot + 1) & mask }
    return slot
  }

  /// Frees a slot and moves what follows it up, so that no search ends too early (Knuth, 6.4, Algorithm R).
  private mutating func remove(_ digest: EventDigest) {
    let mask = table.count - 1
    var free = slot(of: digest)
    var next = free
    while true {
      next = (next + 1) & mask
      guard table[next] != 0 else { break }
      let home = Int(truncatingIfNeeded: ring[Int(table[next]) - 1].low) & mask
      // An entry may move up unless its home lies behind the free slot.
      if (next - home) & mask >= (next - free) & mask {
        table[free] = table[next]
        free = next
      }
    }
    table[free] = 0
  }

  private mutating func growTable() {
    table = Array(repeating: 0, count: table.count * 2)
    for (place, digest) in ring.enumerated() { table[slot(of: digest)] = UInt32(place + 1) }
  }
}
