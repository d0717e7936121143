extension Duration {
  /// Reads a duration as users write it: seconds (`300`, `0.05`) or parts with units (`50ms`, `5m`, `1h30m`, `7d`,
  /// `2w`). Nil for anything else, and for more than a thousand years.
  public init?(text: some StringProtocol) {
    // Rules name them at every call, nearly always as one whole number and one unit.
    if let whole = Self.whole(text.utf8) {
      self = whole
      return
    }
    var rest = text[...]
    if rest.isEmpty { return nil }
    if let seconds = Self.number(rest), rest.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) {
      guard seconds <= Self.longest else { return nil }
      self = .seconds(seconds)
      return
    }
    var seconds = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let number = Self.number(digits), let factor = Self.units[String(unit)] else { return nil }
      seconds += number * factor
    }
    guard seconds <= Self.longest else { return nil }
    self = .seconds(seconds)
  }

  /// `5m`, `24h`: nil for all else, which the general reading decides.
  private static func whole(_ text: some Collection<UInt8>) -> Duration? {
    var number: Int64 = 0
    var digits = 0
    var rest = text[...]
    while let digit = rest.first, (48...57).contains(digit), digits < 9 {
      number = number * 10 + Int64(digit - 48)
      digits += 1
      rest = rest.dropFirst()
    }
    guard digits > 0, let unit = rest.first else { return nil }
    let seconds: Int64
    switch (unit, rest.count) {
    case (UInt8(ascii: "s"), 1): seconds = 1
    case (UInt8(ascii: "m"), 1): seconds = 60
    case (UInt8(ascii: "h"), 1): seconds = 3600
    case (UInt8(ascii: "d"), 1): seconds = 86_400
    default: return nil
    }
    return Double(number * seconds) <= longest ? .seconds(number * seconds) : nil
  }

  private static let longest = 1000.0 * 366 * 86_400
  private static let units: [String: Double] = [
    "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
  ]

  private static func number(_ digits: some StringProtocol) -> Double? {
    guard let first = digits.first, first.isNumber, digits.last != "." else { return nil }
    return Double(digits)
  }
}
