import BoxClient
import CEventPage
import Synchronization

/// Numbers for the event types that rules name, so that a page's events are matched by number. Types that no rule names
/// have none: such an event wakes only those who asked for every type.
final class TypeTable: Sendable {
  private let table = Mutex<[TypeName: Int]>([:])

  /// The number of a type; the same for the same name.
  func number(of type: String) -> Int {
    table.withLock { table in
      let name = TypeName(Array(type.utf8))
      if let known = table[name] { return known }
      table[name] = table.count
      return table.count - 1
    }
  }

  /// The number of each event's type, -1 where it has none.
  func numbers(of page: EventPage) -> [Int] {
    table.withLock { table in
      page.events.map { event in
        let bytes = page.bytes(event.type)
        guard bytes.contains(UInt8(ascii: "\\")) else { return table[TypeName(borrowing: bytes)] ?? -1 }
        return table[TypeName(Array(page.unescaped(event.type).utf8))] ?? -1
      }
    }
  }
}

/// A type's bytes as a key. A look-up borrows the page's bytes and copies none.
private struct TypeName: Hashable {
  private let owned: [UInt8]
  private let borrowed: UnsafeRawBufferPointer?

  init(_ bytes: [UInt8]) {
    owned = bytes
    borrowed = nil
  }

  /// Only for a look-up, while the bytes are there.
  init(borrowing bytes: UnsafeRawBufferPointer) {
    owned = []
    borrowed = bytes
  }

  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let borrowed { return body(borrowed) }
    return owned.withUnsafeBytes(body)
  }

  static func == (one: TypeName, other: TypeName) -> Bool {
    one.withBytes { one in other.withBytes { one.elementsEqual($0) } }
  }

  /// FNV-1a: short keys, and nobody gains by collisions in a table that only the rules' own names are in.
  func hash(into hasher: inout Hasher) {
    hasher.combine(
      withBytes { $0.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } })
  }
}

extension TypeName: @unchecked Sendable {}  // The borrowing form never leaves the look-up.
