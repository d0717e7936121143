/// A string as Lua has it: any bytes.
public struct LuaString: Hashable, Sendable {
  public var bytes: [UInt8]

  public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// As text; bytes that are not UTF-8 read as U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension LuaString: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
