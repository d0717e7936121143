/// Gives texts that come again and again (event types, user ids) small numbers, so that filtering compares numbers.
struct NameTable: Sendable {
  typealias Number = UInt32

  /// The number of no name at all.
  static let none: Number = .max

  private(set) var names: [String] = []
  private var numbers: [String: Number] = [:]

  /// The name's number; a new one for a new name.
  mutating func number(of name: String) -> Number {
    if let number = numbers[name] { return number }
    let number = Number(names.count)
    names.append(name)
    numbers[name] = number
    return number
  }

  mutating func number(of name: String?) -> Number {
    name.map { number(of: $0) } ?? Self.none
  }
}
