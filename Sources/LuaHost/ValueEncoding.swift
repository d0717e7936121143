import CBoxLua

/// Writes values in the form that CBoxLua.h describes.
struct ValueWriter {
  private(set) var bytes: [UInt8] = []
  /// What the bytes point to: to be kept until they have been read.
  private(set) var pages: [LuaPage] = []

  init(_ values: [LuaValue]) {
    for value in values { write(value) }
  }

  private mutating func write(_ value: LuaValue) {
    switch value {
    case .nil: tag(BXL_TAG_NIL)
    case .boolean(let boolean): tag(boolean ? BXL_TAG_TRUE : BXL_TAG_FALSE)
    case .null: tag(BXL_TAG_NULL)
    case .integer(let integer):
      tag(BXL_TAG_INTEGER)
      raw(integer)
    case .number(let number):
      tag(BXL_TAG_NUMBER)
      raw(number)
    case .string(let string): text(BXL_TAG_STRING, string.bytes)
    case .json(let string): text(BXL_TAG_JSON, string.bytes)
    case .event(let string): text(BXL_TAG_JSON, string.bytes)
    case .secret(let name): text(BXL_TAG_SECRET, Array(name.utf8))
    case .array(let elements):
      tag(BXL_TAG_ARRAY)
      raw(UInt32(elements.count))
      for element in elements { write(element) }
    case .table(let table):
      tag(BXL_TAG_TABLE)
      raw(UInt32(table.pairs.count))
      for (key, value) in table.pairs {
        switch key {
        case .string(let string): text(BXL_TAG_STRING, string.bytes)
        case .integer(let integer):
          tag(BXL_TAG_INTEGER)
          raw(integer)
        }
        write(value)
      }
    case .function(let function):
      tag(BXL_TAG_FUNCTION)
      raw(function.reference)
    case .page(let page):
      pages.append(page)
      tag(BXL_TAG_PAGE)
      raw(Int(bitPattern: page.pointer))
    }
  }

  private mutating func tag(_ tag: bxl_tag) { bytes.append(UInt8(tag.rawValue)) }

  private mutating func text(_ kind: bxl_tag, _ content: [UInt8]) {
    tag(kind)
    raw(UInt32(content.count))
    bytes.append(contentsOf: content)
  }

  private mutating func raw(_ value: some BitwiseCopyable) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what the bridge wrote; it is well-formed.
struct ValueReader {
  private var rest: UnsafeRawBufferPointer
  private let releases: ReleaseQueue

  static func values(_ bytes: bxl_bytes, releases: ReleaseQueue) -> [LuaValue] {
    guard bytes.length > 0 else { return [] }
    var reader = ValueReader(
      rest: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.length), releases: releases)
    var values: [LuaValue] = []
    while !reader.rest.isEmpty { values.append(reader.value()) }
    return values
  }

  private mutating func value() -> LuaValue {
    let tag = bxl_tag(UInt32(raw(UInt8.self)))
    switch tag {
    case BXL_TAG_FALSE: return .boolean(false)
    case BXL_TAG_TRUE: return .boolean(true)
    case BXL_TAG_INTEGER: return .integer(raw(Int64.self))
    case BXL_TAG_NUMBER: return .number(raw(Double.self))
    case BXL_TAG_STRING: return .string(text())
    case BXL_TAG_EVENT: return .event(text())
    case BXL_TAG_SECRET: return .secret(text().text)
    case BXL_TAG_NULL: return .null
    case BXL_TAG_FUNCTION: return .function(LuaFunction(reference: raw(Int64.self), releases: releases))
    case BXL_TAG_ARRAY: return .array((0..<raw(UInt32.self)).map { _ in value() })
    case BXL_TAG_TABLE:
      return .table(
        LuaTable(
          (0..<raw(UInt32.self)).map { _ in
            let key: LuaTable.Key
            switch value() {
            case .string(let string): key = .string(string)
            case .integer(let integer): key = .integer(integer)
            default: preconditionFailure("a key that the bridge does not write")
            }
            return (key, value())
          }))
    default: return .nil
    }
  }

  private mutating func text() -> LuaString {
    let count = Int(raw(UInt32.self))
    let string = LuaString(rest.prefix(count))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    return string
  }

  private mutating func raw<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
    let value = rest.loadUnaligned(as: type)
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(MemoryLayout<Value>.size))
    return value
  }
}
