/// Why a stored value could not be counted up.
enum KeyValueError: Error, Equatable, CustomStringConvertible {
  /// `found` tells what kind of value is there.
  case noNumber(key: String, found: String)
  case overflow(key: String, value: JSONNumber, by: JSONNumber)

  var description: String {
    switch self {
    case .noNumber(let key, let found):
      "the value of \"\(key)\" cannot be counted up (number expected, got \(found)); set or delete it first"
    case .overflow(let key, let value, let by):
      "the value of \"\(key)\" cannot be counted up: \(text(value)) + \(text(by)) is too large a number"
    }
  }

  private func text(_ number: JSONNumber) -> String { String(decoding: number.json, as: UTF8.self) }

  /// What a JSON text is, by its first byte, as a script would call it.
  static func kind(ofJSON text: [UInt8]) -> String {
    switch text.first {
    case UInt8(ascii: "\""): "text"
    case UInt8(ascii: "{"), UInt8(ascii: "["): "table"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): "boolean"
    case UInt8(ascii: "n"): "null"
    default: "a number out of range"
    }
  }
}
