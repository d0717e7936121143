import BoxClient
import Testing

@Suite("An answer that is no page")
struct DamagedPageTests {
  static let answers: [(text: String, defect: DamagedPage.Defect, description: String)] = [
    ("", .empty, "the answer is empty where a page of events was expected"),
    (" \r\n\t", .empty, "the answer is empty where a page of events was expected"),
    (
      "<html><body>Bad gateway</body></html>", .notJSON,
      #"the answer is no page of events (byte 0 of 37); it begins with "<html><body>Bad gateway</body></html>""#
    ),
    (
      #"{"chunk_size":1,"entries":[{"event_id":"a"#, .truncated,
      #"the page of events ends too early, after 41 bytes; it begins with "{\"chunk_size\":1,\"entries\":[{\"event_id\":\"a""#
    ),
    (
      #"[{"event_id":"a"}]"#, .wrongKind,
      #"the answer is JSON but no page of events; it begins with "[{\"event_id\":\"a\"}]""#
    ),
    ("{}", .wrongKind, #"the answer is JSON but no page of events; it begins with "{}""#),
    (
      #"{"type":"error","status":503}"#, .wrongKind,
      #"the answer is JSON but no page of events; it begins with "{\"type\":\"error\",\"status\":503}""#
    ),
    (
      #"{"entries":{},"chunk_size":0}"#, .wrongKind,
      #"the answer is JSON but no page of events; it begins with "{\"entries\":{},\"chunk_size\":0}""#
    ),
    (
      #"{"chunk_size":0} more"#, .notJSON,
      #"the answer is no page of events (byte 17 of 21); it begins with "{\"chunk_size\":0} more""#
    ),
    (
      #"{"chunk_size" 0}"#, .notJSON,
      #"the answer is no page of events (byte 14 of 16); it begins with "{\"chunk_size\" 0}""#
    ),
    ("null", .notJSON, #"the answer is no page of events (byte 0 of 4); it begins with "null""#),
  ]

  @Test("The error says what came instead", arguments: answers)
  func damaged(text: String, defect: DamagedPage.Defect, description: String) throws {
    let error = try #require(throws: DamagedPage.self) { try Events(page: bytes(text)) }
    #expect(error.defect == defect)
    #expect(error.description == description)
    #expect(error.length == text.utf8.count)
  }

  @Test(
    "Entries that are neither a list nor null are no page",
    arguments: [#""text""#, "7", "{}", "nil", "nul", "true", #"{"event_id":"a"}"#])
  func wrongEntries(entries: String) throws {
    let error = try #require(throws: DamagedPage.self) {
      try Events(page: bytes("{\"next_stream_position\":1,\"entries\":\(entries)}"))
    }
    #expect(error.defect == .wrongKind)
  }

  @Test("A page that was cut off at any byte is damaged, never a shorter page")
  func everyPrefix() throws {
    let text =
      #"{"chunk_size":2,"entries":[{"event_id":"a","source":{"n":[1,"x\\"]}},{"event_id":"b"}],"next_stream_position":"9"}"#
    let whole = Array(text.utf8)
    #expect(try Events(page: PaddedBytes(whole)).entries.count == 2)
    for length in 1..<whole.count {
      let error = try #require(throws: DamagedPage.self) { try Events(page: PaddedBytes(whole[..<length])) }
      #expect(error.defect == .truncated, "cut off after \(length) bytes")
      #expect(error.length == length)
    }
  }

  @Test("A long answer is told by its first bytes alone")
  func longAnswer() throws {
    let error = try #require(throws: DamagedPage.self) {
      try Events(page: bytes("<html>" + String(repeating: "x", count: 100_000)))
    }
    #expect(error.beginning == "\"<html>" + String(repeating: "x", count: 74) + "…\"")
    #expect(error.length == 100_006)
    #expect(error.description.count < 200)
  }

  @Test("A hostile answer cannot write to the terminal through the error")
  func hostileAnswer() throws {
    let error = try #require(throws: DamagedPage.self) {
      try Events(page: bytes("\u{1B}[2J\u{9B}31m\u{202E}\r\nFake: all is well"))
    }
    #expect(error.beginning == #""\u001b[2J\u009b31m\u202e\r\nFake: all is well""#)
  }

  @Test("An array and a single event say what they expected too")
  func otherInputs() {
    #expect(throws: DamagedPage.self) { try Events(array: bytes(#"{"entries":[]}"#)) }
    #expect(throws: DamagedPage.self) { try Events(array: bytes("[{}")) }
    #expect(throws: DamagedPage.self) { try Events(event: bytes("[{}]")) }
    #expect(throws: DamagedPage.self) { try Events(event: bytes("{} {}")) }
    #expect(throws: DamagedPage.self) { try Events(event: bytes("")) }
  }
}
