import BoxClient
import LuaHost

/// A `where` table: all of its conditions must hold. Equality and lists are decided on the page's text, without waking
/// the script.
struct WhereFilter {
  /// Decided on the page's text.
  private(set) var comparisons: [(path: EventPath, anyOf: [Scalar])] = []
  /// Decided by the script, after the others.
  private(set) var predicates: [(path: EventPath, function: LuaFunction)] = []
  /// What is probably misspelt.
  private(set) var doubts: [String] = []

  init(_ options: Options) throws {
    for (key, value) in options.table.pairs {
      guard case .string(let name) = key else {
        throw Arguments.Mistake("\(options.function): where takes paths such as [\"created_by.login\"] as keys")
      }
      guard let path = EventPath(name.text) else {
        throw Arguments.Mistake("\(options.function): where: \"\(name.text)\" is no path such as \"created_by.login\"")
      }
      if let doubt = path.doubt { doubts.append("\(options.function): where: \(doubt)") }
      if case .function(let function) = value {
        predicates.append((path, function))
      } else {
        comparisons.append((path, try Self.scalars(value, name.text, options)))
      }
    }
  }

  private static func scalars(_ value: LuaValue, _ name: String, _ options: Options) throws -> [Scalar] {
    if let scalar = Scalar(value) { return [scalar] }
    if case .array(let elements) = value {
      return try elements.map {
        guard let scalar = Scalar($0) else {
          throw Arguments.Mistake(
            "\(options.function): where \"\(name)\": a list holds strings, numbers and booleans")
        }
        return scalar
      }
    }
    throw Arguments.Mistake(
      "\(options.function): where \"\(name)\" must be a value, a list of values or a function, got \(value.typeName)")
  }

  /// Whether an event meets all that is decided without the script.
  func admits(_ event: EventInHand) -> Bool {
    comparisons.allSatisfy { Self.admits(event, $0) }
  }

  static func admits(_ event: EventInHand, _ comparison: (path: EventPath, anyOf: [Scalar])) -> Bool {
    let (path, scalars) = comparison
    if let computed = path.computed(in: event) {
      return scalars.contains { $0.equals(computed) }
    }
    guard let value = path.value(in: event.event) else { return false }
    return scalars.contains { $0.equals(value, isIdentifier: path.isIdentifier) }
  }
}

/// A value to compare with.
enum Scalar {
  case string(String)
  case integer(Int64)
  case number(Double)
  case boolean(Bool)

  init?(_ value: LuaValue) {
    switch value {
    case .string(let string): self = .string(string.text)
    case .integer(let integer): self = .integer(integer)
    case .number(let number): self = .number(number)
    case .boolean(let boolean): self = .boolean(boolean)
    default: return nil
    }
  }

  /// - Parameter isIdentifier: whether an id is compared, which matches as text and as a number alike.
  func equals(_ value: JSONText, isIdentifier: Bool) -> Bool {
    switch (self, value.kind) {
    case (.string(let expected), .string): return value.string.map { $0.utf8.elementsEqual(expected.utf8) } ?? false
    case (.string(let expected), .number): return isIdentifier && value.text == expected
    case (.boolean(let expected), .bool): return value.text == (expected ? "true" : "false")
    case (.integer(let expected), .number):
      return isIdentifier ? value.text == String(expected) : Double(value.text) == Double(expected)
    case (.integer(let expected), .string): return isIdentifier && value.string == String(expected)
    case (.number(let expected), .number): return Double(value.text) == expected
    default: return false
    }
  }

  func equals(_ computed: EventPath.Computed) -> Bool {
    switch (self, computed) {
    case (.string(let expected), .text(let text)): expected.utf8.elementsEqual(text.utf8)
    case (.boolean(let expected), .boolean(let boolean)): expected == boolean
    case (.integer(let expected), .integer(let integer)): expected == Int64(integer)
    case (.number(let expected), .integer(let integer)): expected == Double(integer)
    default: false
    }
  }
}
