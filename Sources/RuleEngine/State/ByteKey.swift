/// A key as a script writes it, equal to another only where its bytes are.
///
/// Swift takes `é` as one character and as `e` with an accent to be the same text. Lua and the ledger do not, and names
/// of files come in both forms.
struct ByteKey: Hashable, Comparable, Sendable {
  let text: String

  init(_ text: String) {
    var text = text
    // Once here, so that comparing and hashing never copy.
    text.makeContiguousUTF8()
    self.text = text
  }

  func hasPrefix(_ prefix: ByteKey) -> Bool { text.utf8.starts(with: prefix.text.utf8) }

  static func == (one: ByteKey, other: ByteKey) -> Bool {
    one.text.utf8.count == other.text.utf8.count && one.text.utf8.elementsEqual(other.text.utf8)
  }

  static func < (one: ByteKey, other: ByteKey) -> Bool {
    one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    let hashed: Void? = text.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if hashed == nil {
      for byte in text.utf8 { hasher.combine(byte) }
    }
    // Two keys beside each other, as in a key of two parts, must not run together.
    hasher.combine(0xff as UInt8)
  }
}
