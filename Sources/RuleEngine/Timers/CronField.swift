/// One of the five fields of a cron expression: what it is called and what may stand in it.
struct CronField: Equatable, Sendable {
  let name: String
  let range: ClosedRange<Int>
  /// Names of the values, from the lowest on.
  var names: [String] = []
  /// How messages tell what is allowed.
  let allowed: String
  /// Whether `?` may stand for `*`, as Quartz writes it.
  var isDay = false

  static let minute = CronField(name: "minute", range: 0...59, allowed: "0-59")
  static let hour = CronField(name: "hour", range: 0...23, allowed: "0-23")
  static let dayOfMonth = CronField(name: "day of month", range: 1...31, allowed: "1-31", isDay: true)
  static let month = CronField(
    name: "month", range: 1...12,
    names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    allowed: "1-12 or JAN-DEC")
  static let dayOfWeek = CronField(
    name: "day of week", range: 0...7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    allowed: "0-7 (0 and 7 are Sunday) or SUN-SAT", isDay: true)

  static let all = [minute, hour, dayOfMonth, month, dayOfWeek]

  /// What `*` stands for. Sunday counts once.
  private var everything: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : range }

  /// Reads the field: a list of values, ranges and `*`, each with a step or without.
  func values(of text: String) throws(Problem) -> CronValues {
    var values = CronValues(isWildcard: text.hasPrefix("*") || text.hasPrefix("?"))
    for element in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = element.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let bounds = try bounds(of: parts[0], hasStep: parts.count == 2)
      let step = parts.count == 2 ? try self.step(parts[1]) : 1
      // Sunday's second number becomes its first.
      for value in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step) {
        values.insert(self == .dayOfWeek ? value % 7 : value)
      }
    }
    return values
  }

  /// What is wrong with a field, where more is known than that it is not allowed.
  struct Problem: Error {
    var text: String?
  }

  private func bounds(of text: Substring, hasStep: Bool) throws(Problem) -> ClosedRange<Int> {
    if text == "*" { return everything }
    if text == "?" {
      guard isDay else { throw Problem(text: "\"?\" stands only in the fields for days; write \"*\"") }
      return everything
    }
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let first = try value(ends[0])
    guard ends.count == 2 else {
      // As in `10/20`: from the tenth on, every twentieth.
      return hasStep ? first...max(first, everything.upperBound) : first...first
    }
    var last = try value(ends[1])
    if self == .dayOfWeek, last == 0, first > 0 { last = 7 }
    guard first <= last else {
      throw Problem(
        text: "the range \"\(text)\" runs backwards; "
          + "write \"\(ends[0])-\(everything.upperBound),\(everything.lowerBound)-\(ends[1])\"")
    }
    return first...last
  }

  private func value(_ text: Substring) throws(Problem) -> Int {
    if let index = names.firstIndex(of: text.uppercased()) { return everything.lowerBound + index }
    guard let number = Self.number(text), range.contains(number) else { throw Problem() }
    return number
  }

  private func step(_ text: Substring) throws(Problem) -> Int {
    guard let step = Self.number(text), (1...range.upperBound).contains(step) else {
      throw Problem(text: "the step behind \"/\" must be 1-\(range.upperBound)")
    }
    return step
  }

  private static func number(_ text: Substring) -> Int? {
    let digits = text.utf8
    return (1...4).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}

/// The values that a field stands for.
struct CronValues: Equatable, Sendable {
  /// Whether the field begins with `*`. Vixie's cron decides by it how the two fields for days go together.
  let isWildcard: Bool
  private var bits: UInt64 = 0

  init(isWildcard: Bool) {
    self.isWildcard = isWildcard
  }

  mutating func insert(_ value: Int) { bits |= 1 << UInt64(value) }

  func contains(_ value: Int) -> Bool { bits >> UInt64(value) & 1 == 1 }

  /// The lowest value that is not below `least`.
  func first(from least: Int) -> Int? {
    guard least < 64 else { return nil }
    let rest = bits >> UInt64(least)
    return rest == 0 ? nil : least + rest.trailingZeroBitCount
  }
}
