/// A number as JSON text holds it and Lua counts with it: integers of 64 bits stay integers, others are real.
enum JSONNumber: Equatable, Sendable {
  case integer(Int64)
  case real(Double)

  /// Nil for a text that is no JSON number, or one that is too large for a `Double`.
  init?(json text: [UInt8]) {
    guard Self.isNumber(text) else { return nil }
    let text = String(decoding: text, as: UTF8.self)
    if let integer = Int64(text) {
      self = .integer(integer)
    } else if let real = Double(text), real.isFinite {
      self = .real(real)
    } else {
      return nil
    }
  }

  /// The JSON text. A real number keeps its point, so that it is read as one again.
  var json: [UInt8] {
    switch self {
    case .integer(let integer): Array(String(integer).utf8)
    case .real(let real): Array(real.description.utf8)
    }
  }

  /// Nil where the sum is beyond 64 bits, or no finite number.
  func adding(_ other: JSONNumber) -> JSONNumber? {
    if case (.integer(let one), .integer(let two)) = (self, other) {
      let (sum, overflows) = one.addingReportingOverflow(two)
      return overflows ? nil : .integer(sum)
    }
    let sum = real + other.real
    return sum.isFinite ? .real(sum) : nil
  }

  private var real: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .real(let real): real
    }
  }

  /// RFC 8259, section 6. Swift's own readers take more (`+1`, `0x10`, `nan`).
  private static func isNumber(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    func digits() -> Int {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !startsWithZero || whole == 1 else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
