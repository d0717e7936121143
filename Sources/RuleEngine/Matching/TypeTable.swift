import BoxClient
import Synchronization

/// Numbers for the event types that rules name, so that a page's events are matched by number. Types that no rule names
/// have none: such an event wakes only those who asked for every type.
final class TypeTable: Sendable {
  private let table = Mutex(Table())

  /// The number of a type; the same for the same name.
  func number(of type: String) -> Int {
    table.withLock { $0.number(of: Array(type.utf8)) }
  }

  /// The types' names, in alphabetical order.
  func names(of numbers: Set<Int>) -> [String] {
    table.withLock { table in numbers.map { table.name(of: $0) }.sorted() }
  }

  /// The number of each event's type, -1 where it has none.
  func numbers(of page: EventPage) -> [Int] {
    let table = table.withLock { $0 }
    return page.events.map { event in
      let bytes = page.bytes(event.type)
      guard bytes.contains(UInt8(ascii: "\\")) else { return table.find(bytes) ?? -1 }
      return Array(page.unescaped(event.type).utf8).withUnsafeBytes { table.find($0) } ?? -1
    }
  }

  /// Open addressing, so that a look-up compares the page's own bytes and makes no key of them.
  private struct Table {
    private var names: [[UInt8]] = []
    /// Numbers of names plus one; 0 is free. A power of two long, never more than half full.
    private var slots = [Int](repeating: 0, count: 128)

    func name(of number: Int) -> String { String(decoding: names[number], as: UTF8.self) }

    mutating func number(of name: [UInt8]) -> Int {
      if let known = name.withUnsafeBytes({ find($0) }) { return known }
      names.append(name)
      if names.count * 2 > slots.count {
        slots = [Int](repeating: 0, count: slots.count * 2)
        for number in names.indices { place(number) }
      } else {
        place(names.count - 1)
      }
      return names.count - 1
    }

    func find(_ name: UnsafeRawBufferPointer) -> Int? {
      let number = slots[slot(of: name)]
      return number == 0 ? nil : number - 1
    }

    private mutating func place(_ number: Int) {
      slots[names[number].withUnsafeBytes { slot(of: $0) }] = number + 1
    }

    /// Where the name stands, or the free slot where it would.
    private func slot(of name: UnsafeRawBufferPointer) -> Int {
      let mask = slots.count - 1
      var slot = Int(truncatingIfNeeded: Self.hash(name)) & mask
      while slots[slot] != 0, !names[slots[slot] - 1].elementsEqual(name) { slot = (slot + 1) & mask }
      return slot
    }

    /// FNV-1a: short keys, and nobody gains by collisions in a table that only the rules' own names are in.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
      let hash = bytes.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
      return hash ^ hash >> 32
    }
  }
}
