import BoxClient
import Testing

@Suite("An event's digest")
struct EventDigestTests {
  /// SipHash-2-4 with 128 bits of output, written from the paper's description: one state of four words, one rule.
  private static func sipHash(_ message: [UInt8], key: (UInt64, UInt64)) -> EventDigest {
    func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { (word << bits) | (word >> (64 - bits)) }
    var v: [UInt64] = [
      0x736f_6d65_7073_6575 ^ key.0, 0x646f_7261_6e64_6f6d ^ key.1 ^ 0xee, 0x6c79_6765_6e65_7261 ^ key.0,
      0x7465_6462_7974_6573 ^ key.1,
    ]
    func rounds(_ count: Int) {
      for _ in 0..<count {
        for (a, b, bits) in [(0, 1, 13), (2, 3, 16), (0, 3, 21), (2, 1, 17)] as [(Int, Int, UInt64)] {
          v[a] &+= v[b]
          v[b] = rotated(v[b], bits) ^ v[a]
          if (a, b) == (0, 1) || (a, b) == (2, 1) { v[a] = rotated(v[a], 32) }
        }
      }
    }
    var padded = message
    while padded.count % 8 != 7 { padded.append(0) }
    padded.append(UInt8(truncatingIfNeeded: message.count))
    for start in stride(from: 0, to: padded.count, by: 8) {
      let word = padded[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      v[3] ^= word
      rounds(2)
      v[0] ^= word
    }
    v[2] ^= 0xee
    rounds(4)
    let high = v.reduce(0, ^)
    v[1] ^= 0xdd
    rounds(4)
    return EventDigest(high: high, low: v.reduce(0, ^))
  }

  /// The key under which digests are stored: "boxwatch", "event id".
  private static func stored(_ text: String) -> EventDigest {
    func word(_ text: String) -> UInt64 { text.utf8.reduce(0) { $0 << 8 | UInt64($1) } }
    return sipHash(Array(text.utf8), key: (word("boxwatch"), word("event id")))
  }

  @Test("The tests' own SipHash gives its authors' values")
  func reference() {
    let key = (0x0706_0504_0302_0100 as UInt64, 0x0f0e_0d0c_0b0a_0908 as UInt64)
    #expect(Self.sipHash([], key: key) == EventDigest(high: 0xe6a8_25ba_047f_81a3, low: 0x9302_55c7_1472_f66d))
    #expect(Self.sipHash([0], key: key) == EventDigest(high: 0x44af_996b_d8c1_87da, low: 0x45fc_229b_1159_7634))
  }

  @Test("The digest of an id is SipHash-2-4-128 of its characters, at every length")
  func lengths() throws {
    var random = SplitMix64(state: 5)
    for length in Array(1...300) + [1023, 1024, 1025, 70_001] {
      let id = String(decoding: (0..<length).map { _ in UInt8.random(in: 0x61...0x7A, using: &random) }, as: UTF8.self)
      #expect(try event("{\"event_id\":\"\(id)\"}").digest == Self.stored(id), "an id of \(length) characters")
    }
  }

  @Test("The digest of a known id never changes: it is stored")
  func stable() throws {
    let digest = try event(#"{"event_id":"f82c3ba03e41f7e8a7608363cc6c0390183c3f83"}"#).digest
    #expect(digest == EventDigest(high: 0xd65f_8299_db71_0fe6, low: 0x0574_f970_1c5e_c2c9))
  }

  @Test("Events with one id have one digest, whatever else differs")
  func sameID() throws {
    let one = try event(#"{"event_id":"55","event_type":"A"}"#)
    let other = try event(#"{"event_type":"B","event_id":55,"source":null}"#)
    #expect(one.digest == other.digest)
    #expect(try event(#"{"event_id":"56","event_type":"A"}"#).digest != one.digest)
  }

  @Test(
    "An event without an id is known by its text",
    arguments: [#"{"event_type":"A"}"#, #"{"event_id":null}"#, #"{"event_id":""}"#, "7", #"{"a" "b"}"#])
  func noID(text: String) throws {
    let event = try event(text)
    #expect(event.digest == Self.stored(text))
    #expect(try page("{}", text).entries[1].digest == event.digest)
  }
}
