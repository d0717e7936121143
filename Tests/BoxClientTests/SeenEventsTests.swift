import Testing

@testable import BoxClient

@Suite("The memory of seen events")
struct SeenEventsTests {
  /// The same by the plainest means: a list of what came, and a set of it.
  private struct Model {
    let capacity: Int
    var recent: [EventDigest] = []
    var known: Set<EventDigest> = []

    mutating func insert(_ digest: EventDigest) -> Bool {
      guard known.insert(digest).inserted else { return false }
      recent.append(digest)
      if recent.count > capacity { known.remove(recent.removeFirst()) }
      return true
    }
  }

  /// Which digests the operations draw from.
  enum Digests: CaseIterable, Sendable {
    /// Any bits.
    case spread
    /// Few homes, so that chains grow long and meet; some lie at the table's end and run over it.
    case colliding
    /// One home for all.
    case identicalLowBits

    func draw(_ number: UInt64) -> EventDigest {
      var bits = SplitMix64(state: number)
      let high = bits.next()
      let low = bits.next()
      return switch self {
      case .spread: EventDigest(high: high, low: low)
      case .colliding: EventDigest(high: high, low: (low << 20) | (1020 + number % 11) & 1023)
      case .identicalLowBits: EventDigest(high: number, low: 1023)
      }
    }
  }

  @Test(
    "agrees with a list and a set over many random insertions", arguments: Digests.allCases, [1, 2, 7, 64, 400, 513])
  func model(digests: Digests, capacity: Int) {
    var random = SplitMix64(state: UInt64(capacity))
    var seen = SeenEvents(capacity: capacity)
    var model = Model(capacity: capacity)
    // About as many different events as are remembered twice over: known and forgotten ones come alike.
    let variety = UInt64(capacity) * 2 + 3
    for operation in 0..<20_000 {
      let digest = digests.draw(random.next() % variety)
      let isNew = seen.insert(digest)
      guard isNew == model.insert(digest), seen.count == model.recent.count else {
        Issue.record("insertion \(operation) differs from the model")
        return
      }
      let other = digests.draw(random.next() % variety)
      guard seen.contains(other) == model.known.contains(other) else {
        Issue.record("after insertion \(operation) the memory is wrong about another event")
        return
      }
    }
    for number in 0..<variety {
      let digest = digests.draw(number)
      #expect(seen.contains(digest) == model.known.contains(digest))
    }
  }

  @Test("says of an event only once that it is new")
  func once() {
    var seen = SeenEvents()
    let digest = EventDigest(high: 1, low: 2)
    #expect(!seen.contains(digest))
    let isNew = (1...3).map { _ in seen.insert(digest) }
    #expect(isNew == [true, false, false])
    #expect(seen.contains(digest))
    #expect(seen.count == 1)
  }

  @Test("tells events apart that share half of their digest")
  func halves() {
    var seen = SeenEvents()
    let halves: [(UInt64, UInt64)] = [(1, 1), (1, 2), (2, 1), (2, 2), (0, 0)]
    let isNew = halves.map { seen.insert(EventDigest(high: $0, low: $1)) }
    #expect(isNew.allSatisfy { $0 })
    #expect(seen.count == 5)
  }

  @Test("keeps all of a table that has grown many times")
  func growth() {
    var seen = SeenEvents(capacity: 20_000)
    for number in 0..<20_000 as Range<UInt64> { seen.insert(Digests.spread.draw(number)) }
    #expect(seen.count == 20_000)
    #expect((0..<20_000 as Range<UInt64>).allSatisfy { seen.contains(Digests.spread.draw($0)) })
    seen.insert(Digests.spread.draw(20_000))
    #expect(seen.contains(Digests.spread.draw(20_000)))
    #expect(!seen.contains(Digests.spread.draw(0)))
    #expect(seen.contains(Digests.spread.draw(1)))
  }

  @Test("restored from an earlier run it knows what that run saw, and forgets in the same order")
  func restored() {
    let digests = (0..<10 as Range<UInt64>).map { Digests.spread.draw($0) }
    var seen = SeenEvents(capacity: 10, recent: digests)
    #expect(digests.allSatisfy { seen.contains($0) })
    for number in 10..<15 as Range<UInt64> { seen.insert(Digests.spread.draw(number)) }
    #expect(digests.map { seen.contains($0) } == [false, false, false, false, false, true, true, true, true, true])
  }

  @Test("restored from more than it can hold it keeps the newest")
  func restoredBeyondCapacity() {
    let digests = (0..<100 as Range<UInt64>).map { Digests.spread.draw($0) }
    let seen = SeenEvents(capacity: 30, recent: digests)
    #expect(seen.count == 30)
    #expect(digests.prefix(70).allSatisfy { !seen.contains($0) })
    #expect(digests.suffix(30).allSatisfy { seen.contains($0) })
  }
}
