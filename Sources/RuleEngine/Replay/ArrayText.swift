import BoxClient

/// JSON texts glued into the text of one array, so that one pass reads them all.
struct ArrayText: ~Copyable {
  private var text: PaddedBytes.Builder
  private var isEmpty = true

  init(expecting bytes: Int = 0) {
    text = PaddedBytes.Builder(expecting: bytes)
    append("[")
  }

  var byteCount: Int { text.count }

  /// Adds an element and returns where it stands.
  mutating func append(element: UnsafeRawBufferPointer) -> Range<Int> {
    if !isEmpty { append(",") }
    isEmpty = false
    let start = text.count
    text.append(element)
    return start..<text.count
  }

  consuming func build() -> PaddedBytes {
    append("]")
    return text.build()
  }

  private mutating func append(_ mark: StaticString) {
    text.append(UnsafeRawBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount))
  }
}
