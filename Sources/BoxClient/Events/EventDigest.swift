/// 128 bits that stand for an event: of its id, or of its text where it has none.
public struct EventDigest: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

extension EventDigest {
  /// Bytes that a packed digest takes.
  private static let packedSize = 16

  /// The digests of a packed row; a rest that is too short for one is left out.
  public static func unpacked(_ bytes: [UInt8]) -> [EventDigest] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - packedSize + 1, by: packedSize).map { place in
        EventDigest(
          high: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)),
          low: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)))
      }
    }
  }

  /// Digests as a row that can be stored: 16 bytes each, the high half first, little-endian.
  static func packed(_ digests: some Collection<EventDigest>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: packedSize * digests.count) { bytes, count in
      let bytes = UnsafeMutableRawBufferPointer(bytes)
      for digest in digests {
        bytes.storeBytes(of: digest.high.littleEndian, toByteOffset: count, as: UInt64.self)
        bytes.storeBytes(of: digest.low.littleEndian, toByteOffset: count + 8, as: UInt64.self)
        count += packedSize
      }
    }
  }
}
