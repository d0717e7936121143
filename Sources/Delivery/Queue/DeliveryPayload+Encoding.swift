// One byte for the form, one for the case, then its parts. A number is written in groups of seven bits, the lowest first,
// each but the last with the high bit set; a text is its length and its bytes; what may be missing has a byte before it.
extension DeliveryPayload {
  private static let version: UInt8 = 1

  private enum Tag: UInt8 {
    case append = 1
    case write, alert, webhook, exec
  }

  /// The payload as bytes, for the ledger.
  public func encode() -> [UInt8] {
    var writer = PayloadWriter()
    writer.bytes.append(Self.version)
    switch self {
    case .append(let path, let bytes, let rotation, let header):
      writer.bytes.append(Tag.append.rawValue)
      writer.text(Array(path.utf8))
      writer.text(bytes)
      writer.optional(rotation) { writer, rotation in
        writer.number(UInt64(rotation.limit))
        writer.number(UInt64(rotation.keep))
      }
      writer.optional(header) { $0.text($1) }
    case .write(let path, let bytes):
      writer.bytes.append(Tag.write.rawValue)
      writer.text(Array(path.utf8))
      writer.text(bytes)
    case .alert(let json):
      writer.bytes.append(Tag.alert.rawValue)
      writer.text(json)
    case .webhook(let url, let body):
      writer.bytes.append(Tag.webhook.rawValue)
      writer.text(Array(url.utf8))
      writer.text(body)
    case .exec(let arguments, let standardInput, let timeout):
      writer.bytes.append(Tag.exec.rawValue)
      writer.number(UInt64(arguments.count))
      for argument in arguments { writer.text(argument) }
      writer.optional(standardInput) { $0.text($1) }
      writer.number(UInt64(max(0, timeout.milliseconds)))
    }
    return writer.bytes
  }

  /// Reads what `encode` wrote.
  /// - Throws: for bytes that it did not write, or that were cut.
  public init(decoding bytes: [UInt8]) throws(DamagedPayload) {
    var reader = PayloadReader(bytes)
    let version = try reader.byte()
    guard version == Self.version else {
      throw DamagedPayload(
        "a stored delivery has the form \(version), which this program does not know; use a newer one")
    }
    let number = try reader.byte()
    guard let tag = Tag(rawValue: number) else {
      throw DamagedPayload("a stored delivery is of kind \(number), which this program does not know; use a newer one")
    }
    self = try Self.read(tag, &reader)
    try reader.requireEnd()
  }

  private static func read(_ tag: Tag, _ reader: inout PayloadReader) throws(DamagedPayload) -> Self {
    switch tag {
    case .append:
      let path = try reader.string()
      let bytes = try reader.text()
      let rotation = try reader.isPresent() ? reader.rotation() : nil
      return .append(path: path, bytes: bytes, rotation: rotation, header: try reader.isPresent() ? reader.text() : nil)
    case .write: return .write(path: try reader.string(), bytes: try reader.text())
    case .alert: return .alert(try reader.text())
    case .webhook: return .webhook(url: try reader.string(), body: try reader.text())
    case .exec:
      var arguments: [[UInt8]] = []
      for _ in 0..<(try reader.count()) { arguments.append(try reader.text()) }
      let standardInput = try reader.isPresent() ? reader.text() : nil
      return .exec(
        arguments: arguments, standardInput: standardInput, timeout: .milliseconds(try reader.count(limit: .max)))
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

private struct PayloadWriter {
  var bytes: [UInt8] = []

  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func text(_ text: [UInt8]) {
    number(UInt64(text.count))
    bytes += text
  }

  mutating func optional<Value>(_ value: Value?, _ write: (inout Self, Value) -> Void) {
    bytes.append(value == nil ? 0 : 1)
    if let value { write(&self, value) }
  }
}

private struct PayloadReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  private static let damaged = DamagedPayload("a stored delivery is damaged: it ends early, or holds what nobody wrote")

  mutating func byte() throws(DamagedPayload) -> UInt8 {
    guard let first = rest.popFirst() else { throw Self.damaged }
    return first
  }

  mutating func number() throws(DamagedPayload) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let group = try byte()
      guard shift < 63 || group <= 1 else { throw Self.damaged }
      value |= UInt64(group & 0x7F) << shift
      if group & 0x80 == 0 { return value }
    }
    throw Self.damaged
  }

  /// - Parameter limit: nil for the bytes that are left: no count of anything stored can pass it.
  mutating func count(limit: Int? = nil) throws(DamagedPayload) -> Int {
    guard let value = Int(exactly: try number()), value <= limit ?? rest.count else { throw Self.damaged }
    return value
  }

  mutating func text() throws(DamagedPayload) -> [UInt8] {
    let length = try count()
    let text = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    return text
  }

  mutating func string() throws(DamagedPayload) -> String {
    guard let string = String(validating: try text(), as: UTF8.self) else { throw Self.damaged }
    return string
  }

  mutating func isPresent() throws(DamagedPayload) -> Bool {
    let flag = try byte()
    guard flag <= 1 else { throw Self.damaged }
    return flag == 1
  }

  mutating func rotation() throws(DamagedPayload) -> FileRotation {
    let limit = try count(limit: .max)
    let keep = try count(limit: .max)
    guard let rotation = try? FileRotation(limit: limit, keep: keep) else { throw Self.damaged }
    return rotation
  }

  func requireEnd() throws(DamagedPayload) {
    guard rest.isEmpty else { throw Self.damaged }
  }
}
