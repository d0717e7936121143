import Delivery
import Testing

@Suite("A delivery's stored form")
struct DeliveryPayloadTests {
  static let payloads: [DeliveryPayload] = [
    .append(
      path: "a/é.csv", bytes: [0, 1, 255], rotation: try? FileRotation(limit: 1 << 40, keep: 1000), header: [104, 10]),
    .append(path: "log", bytes: [], rotation: nil, header: nil),
    .append(path: "log", bytes: [1], rotation: nil, header: []),
    .write(path: "b", bytes: Array(repeating: 7, count: 20_000)),
    .alert(Array(#"{"id":"1"}"#.utf8)),
    .webhook(url: "https://a.example/?b", body: Array("{}".utf8)),
    .exec(arguments: [Array("/bin/a".utf8), [0xFF], []], standardInput: nil, timeout: .milliseconds(1500)),
    .exec(arguments: [], standardInput: [], timeout: .zero),
  ]

  @Test("It is read as it was written", arguments: payloads)
  func roundTrip(_ payload: DeliveryPayload) throws {
    #expect(try DeliveryPayload(decoding: payload.encode()) == payload)
  }

  @Test("A part of it is damaged, wherever it was cut", arguments: payloads.indices)
  func cut(_ index: Int) {
    let bytes = Self.payloads[index].encode()
    for length in 0..<min(bytes.count, 300) {
      #expect(throws: DamagedPayload.self) { try DeliveryPayload(decoding: Array(bytes.prefix(length))) }
    }
    #expect(throws: DamagedPayload.self) { try DeliveryPayload(decoding: bytes + [0]) }
  }

  @Test("Bytes that nobody wrote are damaged, never a crash")
  func noise() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      var bytes = Self.payloads[Int.random(in: 0..<3, using: &random)].encode()
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      if let read = try? DeliveryPayload(decoding: bytes) {
        #expect((try? DeliveryPayload(decoding: read.encode())) == read)
      }
    }
    #expect(throws: DamagedPayload.self) { try DeliveryPayload(decoding: [2, 1]) }
    #expect(throws: DamagedPayload.self) { try DeliveryPayload(decoding: [1, 9]) }
  }

  @Test("An alert for a file is a line of it")
  func alertLine() {
    #expect(
      DeliveryPayload.append(alert: [123, 125], to: "alerts.jsonl")
        == .append(path: "alerts.jsonl", bytes: [123, 125, 10], rotation: nil, header: nil))
  }
}
