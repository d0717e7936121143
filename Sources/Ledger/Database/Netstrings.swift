/// A list of texts as bytes: each is its length, a colon, its UTF-8 and a comma (https://cr.yp.to/proto/netstrings.txt).
enum Netstrings {
  static func encode(_ texts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for text in texts {
      bytes += "\(text.utf8.count):\(text),".utf8
    }
    return bytes
  }

  /// - Returns: nil when the bytes are no such list.
  static func decode(_ bytes: [UInt8]) -> [String]? {
    var texts: [String] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0 != UInt8(ascii: ":") }
      rest = rest.dropFirst(digits.count + 1)
      guard let count = Int(String(decoding: digits, as: UTF8.self)), count >= 0, rest.count > count,
        rest[rest.startIndex + count] == UInt8(ascii: ",")
      else { return nil }
      texts.append(String(decoding: rest.prefix(count), as: UTF8.self))
      rest = rest.dropFirst(count + 1)
    }
    return texts
  }
}
