/// When a file that is appended to gives way to a new one, and how many old ones stay: `{rotate="10M", keep=7}`.
///
/// An append that would take the file past the limit first renames it to `name.1`, `name.1` to `name.2` and so on up to
/// `name.<keep>`, whose former content goes. An append that is larger than the limit by itself gets a file of its own.
public struct FileRotation: Sendable, Hashable {
  /// The largest size of the file, in bytes.
  public let limit: Int
  /// How many rotated files stay.
  public let keep: Int

  /// What `keep` is where a rule leaves it out.
  public static let defaultKeep = 7
  /// More than this would rename for longer than a delivery may take.
  public static let mostKept = 1000

  /// - Parameters:
  ///   - limit: bytes, at least 1.
  ///   - keep: 1 to 1000.
  public init(limit: Int, keep: Int = defaultKeep) throws(InvalidRotation) {
    guard limit >= 1 else {
      throw InvalidRotation("rotate = \(limit): the size must be at least 1 byte; \(Self.sizeAdvice)")
    }
    guard (1...Self.mostKept).contains(keep) else {
      throw InvalidRotation("keep = \(keep): it must be from 1 to \(Self.mostKept), the number of rotated files")
    }
    self.limit = limit
    self.keep = keep
  }

  /// - Parameters:
  ///   - size: bytes, or a whole number with `K`, `M` or `G` (powers of 1024), such as `10M`.
  ///   - keep: 1 to 1000.
  public init(size: String, keep: Int = defaultKeep) throws(InvalidRotation) {
    try self.init(limit: Self.bytes(size), keep: keep)
  }

  /// Whether an append of `count` bytes to a file of `length` bytes needs a fresh file.
  func isDue(length: Int, appending count: Int) -> Bool {
    length > 0 && (count > limit || length > limit - count)
  }

  private static let sizeAdvice = #"write bytes, or a whole number with K, M or G, such as "10M""#

  private static func bytes(_ text: String) throws(InvalidRotation) -> Int {
    let unit: Int? =
      switch text.utf8.last {
      case UInt8(ascii: "K"), UInt8(ascii: "k"): 1 << 10
      case UInt8(ascii: "M"), UInt8(ascii: "m"): 1 << 20
      case UInt8(ascii: "G"), UInt8(ascii: "g"): 1 << 30
      default: nil
      }
    let digits = unit == nil ? text[...] : text.dropLast()
    let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber else {
      throw InvalidRotation("rotate = \(QuotedPath.of(text)) is not a size; \(sizeAdvice)")
    }
    let product = Int(digits)?.multipliedReportingOverflow(by: unit ?? 1)
    guard let product, !product.overflow else {
      throw InvalidRotation("rotate = \(QuotedPath.of(text)) is too large a size; \(sizeAdvice)")
    }
    return product.partialValue
  }
}

/// A rotation that cannot be carried out as it is written.
public struct InvalidRotation: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong, and what to write instead.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
