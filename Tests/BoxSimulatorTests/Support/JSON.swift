import Foundation

/// A JSON value, looked into only where a test asks. Integers are kept exact.
struct JSON: Equatable {
  private let value: Any

  private init(value: Any) {
    self.value = value
  }

  init(_ text: [UInt8]) throws {
    value = try JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
  }

  static var null: JSON { JSON(value: NSNull()) }
  static func string(_ text: String) -> JSON { JSON(value: text) }
  static func integer(_ value: Int64) -> JSON { JSON(value: NSNumber(value: value)) }
  static func boolean(_ value: Bool) -> JSON { JSON(value: NSNumber(value: value)) }
  static func array(_ values: [JSON]) -> JSON { JSON(value: values.map(\.value)) }
  static func object(_ members: [String: JSON]) -> JSON { JSON(value: members.mapValues(\.value)) }

  /// A member of an object; `null` where it is missing.
  subscript(_ key: String) -> JSON {
    (value as? [String: Any])?[key].map { JSON(value: $0) } ?? .null
  }

  subscript(_ index: Int) -> JSON {
    values.indices.contains(index) ? values[index] : .null
  }

  /// The keys of an object.
  var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
  var values: [JSON] { (value as? [Any] ?? []).map { JSON(value: $0) } }
  var string: String? { value as? String }

  var isNumber: Bool { string == nil && value is NSNumber }
  var isList: Bool { value is [Any] }

  /// A number without a fraction.
  var integer: Int64? {
    guard string == nil, let number = value as? NSNumber, NSNumber(value: number.int64Value) == number else {
      return nil
    }
    return number.int64Value
  }

  static func == (left: JSON, right: JSON) -> Bool {
    switch (left.value, right.value) {
    case (let left as String, let right as String): left == right
    case (let left as NSNumber, let right as NSNumber): left == right
    case (let left as [Any], let right as [Any]):
      left.map { JSON(value: $0) } == right.map { JSON(value: $0) }
    case (let left as [String: Any], let right as [String: Any]):
      left.mapValues { JSON(value: $0) } == right.mapValues { JSON(value: $0) }
    case (is NSNull, is NSNull): true
    default: false
    }
  }
}
