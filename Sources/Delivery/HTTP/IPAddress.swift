#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An IPv4 or IPv6 address, without a port or a zone.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// Four bytes or sixteen, in network order.
  public let bytes: [UInt8]

  /// Reads an address as `inet_pton` does: `127.0.0.1`, `::1`; nil for anything else, for `127.1` too.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    guard !text.utf8.contains(0) else { return nil }
    for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: length)
      if inet_pton(family, text, &bytes) == 1 {
        self.bytes = bytes
        return
      }
    }
    return nil
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What kind of place it is, where that is none of the public network: `loopback`, `private` and so on; nil for a
  /// public address (IANA's special-purpose registries, RFC 6890).
  public var specialPurpose: String? {
    bytes.count == 4 ? Self.specialPurpose(ofFour: bytes[...]) : specialPurposeOfSixteen
  }

  private static let fourByteRanges: [(network: [UInt8], length: Int, name: String)] = [
    ([0, 0, 0, 0], 8, "unspecified"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "private (carrier-grade NAT)"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "reserved"),
    ([192, 0, 2, 0], 24, "reserved for documentation"),
    ([192, 88, 99, 0], 24, "reserved"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "private (benchmarks)"),
    ([198, 51, 100, 0], 24, "reserved for documentation"),
    ([203, 0, 113, 0], 24, "reserved for documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
  ]

  private static let sixteenByteRanges: [(network: IPAddress, length: Int, name: String)] = [
    ("::1", 128, "loopback"),
    ("::", 96, "reserved"),
    ("64:ff9b:1::", 48, "private (NAT64)"),
    ("100::", 64, "reserved"),
    ("2001::", 23, "reserved"),
    ("2001:db8::", 32, "reserved for documentation"),
    ("3fff::", 20, "reserved for documentation"),
    ("5f00::", 16, "reserved"),
    ("fc00::", 7, "private"),
    ("fe80::", 10, "link-local"),
    ("fec0::", 10, "private"),
    ("ff00::", 8, "multicast"),
  ].compactMap { text, length, name in IPAddress(text).map { ($0, length, name) } }

  private static func specialPurpose(ofFour bytes: ArraySlice<UInt8>) -> String? {
    fourByteRanges.first { bytes.begins(with: $0.network, bits: $0.length) }?.name
  }

  private var specialPurposeOfSixteen: String? {
    if let range = Self.sixteenByteRanges.first(where: { bytes[...].begins(with: $0.network.bytes, bits: $0.length) }) {
      return range.name
    }
    // An IPv4 address in another dress is what it is underneath: mapped, NAT64, 6to4.
    if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
      || bytes.starts(with: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
    {
      return Self.specialPurpose(ofFour: bytes[12...])
    }
    return bytes.starts(with: [0x20, 0x02]) ? Self.specialPurpose(ofFour: bytes[2..<6]) : nil
  }
}

extension ArraySlice<UInt8> {
  fileprivate func begins(with network: [UInt8], bits: Int) -> Bool {
    guard prefix(bits / 8).elementsEqual(network.prefix(bits / 8)) else { return false }
    guard bits % 8 > 0 else { return true }
    return (self[startIndex + bits / 8] ^ network[bits / 8]) >> (8 - bits % 8) == 0
  }
}
