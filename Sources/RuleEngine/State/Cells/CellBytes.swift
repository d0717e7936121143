import BoxClient

/// Writes what a cell holds: numbers as eight bytes, little end first; text with its length in front.
struct CellWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
  }

  mutating func write(_ text: some Collection<UInt8>) {
    write(Int64(text.count))
    bytes += text
  }

  mutating func write(_ time: Timestamp) {
    write(time.seconds)
    write(Int64(time.nanoseconds))
  }

  /// Seconds, then the attoseconds beyond them.
  mutating func write(_ duration: Duration) {
    write(duration.components.seconds)
    write(duration.components.attoseconds)
  }

  mutating func write<Value>(_ value: Value?, _ each: (inout CellWriter, Value) -> Void) {
    write(Int64(value == nil ? 0 : 1))
    if let value { each(&self, value) }
  }

  mutating func write<Value>(_ values: some Collection<Value>, _ each: (inout CellWriter, Value) -> Void) {
    write(Int64(values.count))
    for value in values { each(&self, value) }
  }
}

/// Reads what ``CellWriter`` wrote.
struct CellReader {
  /// A cell that this version did not write.
  struct Damage: Error {}

  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func number() throws -> Int64 {
    guard rest.count >= 8 else { throw Damage() }
    defer { rest = rest.dropFirst(8) }
    return rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int64($1) }
  }

  mutating func bytes() throws -> [UInt8] {
    let count = try number()
    guard count >= 0, count <= rest.count else { throw Damage() }
    defer { rest = rest.dropFirst(Int(count)) }
    return Array(rest.prefix(Int(count)))
  }

  mutating func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

  mutating func time() throws -> Timestamp {
    let seconds = try number()
    guard let nanoseconds = Int32(exactly: try number()) else { throw Damage() }
    return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
  }

  mutating func duration() throws -> Duration {
    Duration(secondsComponent: try number(), attosecondsComponent: try number())
  }

  mutating func optional<Value>(_ value: (inout CellReader) throws -> Value) throws -> Value? {
    try number() == 0 ? nil : try value(&self)
  }

  mutating func list<Value>(_ value: (inout CellReader) throws -> Value) throws -> [Value] {
    let count = try number()
    guard count >= 0, count <= rest.count else { throw Damage() }
    return try (0..<count).map { _ in try value(&self) }
  }
}
