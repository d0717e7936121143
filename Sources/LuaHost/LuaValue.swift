/// A value on its way between a script and the host.
public enum LuaValue: Sendable {
  case `nil`
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(LuaString)
  case array([LuaValue])
  case table(LuaTable)
  case function(LuaFunction)
  /// `box.json.null`.
  case null
  /// A secret by its name; the script never sees what it holds.
  case secret(String)
  /// From a script only: an event, as the exact JSON text that Box sent.
  case event(LuaString)
  /// To a script only: JSON text, which is decoded there.
  case json(LuaString)
  /// To a script only: a page's events as an array.
  case page(LuaPage)

  public static func text(_ text: String) -> LuaValue { .string(LuaString(text)) }

  public var isNil: Bool {
    if case .nil = self { true } else { false }
  }

  /// What Lua calls the value's type.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .array, .table, .event, .page, .json: "table"
    case .function: "function"
    case .null: "null"
    case .secret: "secret"
    }
  }

  /// Everything but nil and false, as in Lua.
  public var isTruthy: Bool {
    switch self {
    case .nil, .boolean(false): false
    default: true
    }
  }

  /// A list's elements. An empty table may be meant as one.
  public var elements: [LuaValue]? {
    switch self {
    case .array(let elements): elements
    case .table(let table) where table.pairs.isEmpty: []
    default: nil
    }
  }

  /// A string's characters; nil for every other kind.
  public var string: String? {
    if case .string(let string) = self { string.text } else { nil }
  }

  /// A string's characters, or a number as Lua writes it.
  public var key: String? {
    switch self {
    case .string(let string): string.text
    case .integer(let integer): String(integer)
    case .number(let number): "\(number)"
    case .boolean(let boolean): "\(boolean)"
    default: nil
    }
  }
}

/// A table's pairs in no particular order.
public struct LuaTable: Sendable {
  public enum Key: Hashable, Sendable {
    case string(LuaString)
    case integer(Int64)
  }

  public var pairs: [(key: Key, value: LuaValue)]

  public init(_ pairs: [(key: Key, value: LuaValue)] = []) { self.pairs = pairs }

  /// With string keys.
  public init(_ members: KeyValuePairs<String, LuaValue>) {
    pairs = members.map { (.string(LuaString($0.key)), $0.value) }
  }

  /// The value of a string key; nil where there is none.
  public subscript(name: String) -> LuaValue {
    for (key, value) in pairs {
      if case .string(let string) = key, string.bytes.elementsEqual(name.utf8) { return value }
    }
    return .nil
  }
}
