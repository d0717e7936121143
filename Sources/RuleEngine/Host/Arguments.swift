import BoxClient
import LuaHost

/// A call's arguments, read with errors that name the argument, what was expected and what came.
struct Arguments {
  let function: String
  let values: [LuaValue]

  /// A mistake in a call.
  struct Mistake: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
    init(_ message: String) { self.message = message }
  }

  subscript(index: Int) -> LuaValue { index < values.count ? values[index] : .nil }

  /// For what the prelude calls with the script's name of the function as the first argument: several of the script's
  /// functions are one of the host's.
  func ofNamedFunction() throws -> Arguments {
    Arguments(function: try string(0), values: Array(values.dropFirst()))
  }

  func wrong(_ index: Int, _ expected: String) -> Mistake {
    let came = index < values.count ? values[index].typeName : "nothing"
    return Mistake(
      "bad argument #\(index + 1) to '\(function)' (\(expected) expected, got \(came == "nil" ? "nil" : came))")
  }

  func bytes(_ index: Int, _ what: String = "string") throws -> LuaString {
    switch self[index] {
    case .string(let string): return string
    case .integer, .number: return LuaString(self[index].key ?? "")
    default: throw wrong(index, what)
    }
  }

  func string(_ index: Int, _ what: String = "string") throws -> String { try bytes(index, what).text }

  func optionalString(_ index: Int) throws -> String? { self[index].isNil ? nil : try string(index) }

  func function(_ index: Int) throws -> LuaFunction {
    guard case .function(let function) = self[index] else { throw wrong(index, "function") }
    return function
  }

  func table(_ index: Int) throws -> Options {
    switch self[index] {
    case .table(let table): return Options(function: function, table: table)
    case .array(let elements) where elements.isEmpty: return Options(function: function, table: LuaTable())
    case .array:
      throw Mistake("bad argument #\(index + 1) to '\(function)' (table of named fields expected, got a list)")
    default: throw wrong(index, "table")
    }
  }

  /// Missing options are none.
  func options(_ index: Int, known: [String]) throws -> Options {
    guard !self[index].isNil else { return Options(function: function, table: LuaTable()) }
    let options = try table(index)
    try options.check(known)
    return options
  }

  func duration(_ index: Int) throws -> Duration { try Self.duration(self[index]) { wrong(index, $0) } }

  static func duration(_ value: LuaValue, wrong: (String) -> Mistake) throws -> Duration {
    let expected = "a duration such as 30 or \"5m\""
    switch value {
    case .integer(let seconds):
      guard seconds >= 0, seconds <= 31_622_400_000 else { throw wrong(expected) }
      return .seconds(seconds)
    case .number(let seconds):
      guard seconds >= 0, seconds <= 31_622_400_000 else { throw wrong(expected) }
      return .seconds(seconds)
    case .string(let text):
      guard let duration = Duration(text: text.text) else {
        throw Mistake("\(wrong(expected).message): \(JSONString.quote(text.text)) is none")
      }
      return duration
    default: throw wrong(expected)
    }
  }
}

/// A table of named options.
struct Options {
  let function: String
  let table: LuaTable

  subscript(name: String) -> LuaValue { table[name] }

  /// Refuses names that nobody reads: a slip there would be silent.
  func check(_ known: [String]) throws {
    for (key, _) in table.pairs {
      switch key {
      case .string(let name) where known.contains(name.text): continue
      case .string(let name):
        let meant = NearestName.nearest(to: name.text, in: known).map { "; did you mean '\($0)'?" } ?? ""
        throw Arguments.Mistake("\(function): unknown option '\(name.text)'\(meant)")
      case .integer(let index):
        throw Arguments.Mistake(
          "\(function): unexpected element \(index); options are named: \(known.joined(separator: ", "))")
      }
    }
  }

  func wrong(_ name: String, _ expected: String) -> Arguments.Mistake {
    Arguments.Mistake("\(function): \(name) must be \(expected), got \(self[name].typeName)")
  }

  func string(_ name: String) throws -> String? {
    switch self[name] {
    case .nil: return nil
    case .string(let string): return string.text
    case .integer, .number: return self[name].key
    default: throw wrong(name, "a string")
    }
  }

  func bytes(_ name: String) throws -> [UInt8]? {
    guard case .string(let string) = self[name] else { return try string(name).map { Array($0.utf8) } }
    return string.bytes
  }

  func boolean(_ name: String, default fallback: Bool) throws -> Bool {
    switch self[name] {
    case .nil: return fallback
    case .boolean(let boolean): return boolean
    default: throw wrong(name, "true or false")
    }
  }

  func duration(_ name: String) throws -> Duration? {
    self[name].isNil ? nil : try Arguments.duration(self[name]) { wrong(name, $0) }
  }

  func function(_ name: String) throws -> LuaFunction? {
    switch self[name] {
    case .nil: return nil
    case .function(let function): return function
    default: throw wrong(name, "a function")
    }
  }

  func integer(_ name: String) throws -> Int? {
    switch self[name] {
    case .nil: return nil
    case .integer(let integer): return Int(integer)
    case .number(let number) where number == number.rounded() && abs(number) < 1e15: return Int(number)
    default: throw wrong(name, "a whole number")
    }
  }

  func strings(_ name: String) throws -> [String]? {
    switch self[name] {
    case .nil: return nil
    case .string(let one): return [one.text]
    case .array(let elements):
      return try elements.map {
        guard case .string(let string) = $0 else { throw wrong(name, "a list of strings") }
        return string.text
      }
    default: throw wrong(name, "a string or a list of strings")
    }
  }
}
