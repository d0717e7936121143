import BoxClient
import Testing

@Suite("One odd event among good ones")
struct FlawedEventTests {
  static let odd: [(entry: [UInt8], flaw: Event.Flaw)] =
    [
      "7", "\"text\"", "null", "true", "[{\"event_id\":\"inside\"}]", "[]", "nonsense", "-1e400",
    ].map { (Array($0.utf8), .notAnObject) }
    + [
      #"{"event_id":"odd" "event_type":"X"}"#, #"{"event_id"}"#, #"{"event_id":}"#, "{1:2}", "{,}", #"{"a":1,}"#,
      #"{"a":1,,"b":2}"#, #"{event_id:"odd"}"#, #"{"a"::1}"#, #"{"a":{"b":1} {"c":2}}"#,
    ].map { (Array($0.utf8), .syntax) }
    + [
      [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x01], [0x09], [0x0A], [0x00],
      [0x1F],
    ].map { (Array(#"{"event_id":"odd","name":"a"#.utf8) + $0 + Array(#"b"}"#.utf8), .bytes) }

  @Test("An odd event costs itself and no other, wherever it stands", arguments: odd, [0, 1, 2])
  func amongGoodOnes(odd: (entry: [UInt8], flaw: Event.Flaw), place: Int) throws {
    var entries = [
      Array(#"{"event_id":"good 1","source":{"name":"one"}}"#.utf8),
      Array(#"{"event_id":"good 2","source":{"name":"two"}}"#.utf8),
    ]
    entries.insert(odd.entry, at: place)
    let text =
      Array(#"{"chunk_size":3,"entries":["#.utf8) + entries.joined(separator: Array(", ".utf8))
      + Array(#"],"next_stream_position":30400984754258519}"#.utf8)
    let events = try Events(page: PaddedBytes(text))
    #expect(events.nextStreamPosition == StreamPosition("30400984754258519"))
    #expect(events.entries.map { exactBytes(of: $0) } == entries)
    #expect(events.entries[place].flaw == odd.flaw)
    let good = events.entries.indices.filter { $0 != place }.map { events.entries[$0] }
    #expect(good.map(\.id) == ["good 1", "good 2"])
    #expect(try good.map { try value("source.name", of: $0)?.string } == ["one", "two"])
    #expect(good.allSatisfy { $0.flaw == nil })
  }

  @Test("What reads of an odd event before its mistake can be asked for")
  func readablePart() throws {
    let event = try event(#"{"event_id":"half","event_type":"UPLOAD","x" 1,"created_at":"2026-01-05T09:14:00Z"}"#)
    #expect(event.flaw == .syntax)
    #expect(event.id == "half" && event.eventType == "UPLOAD")
    #expect(event["event_id"]?.string == "half")
    #expect(event["x"] == nil && event.createdAt == nil)
  }

  @Test("A file name with a byte that is not UTF-8 costs the name, not the rest of the event")
  func damagedName() throws {
    let text = Array(#"[{"event_id":"e","source":{"name":""#.utf8) + [0xFF] + Array(#".pdf","id":"5"}}]"#.utf8)
    let event = try #require(try Events(array: PaddedBytes(text)).entries.first)
    #expect(event.flaw == .bytes)
    #expect(event.id == "e")
    #expect(try value("source.id", of: event)?.string == "5")
    #expect(try value("source.name", of: event)?.string == nil)
    #expect(try value("source.name", of: event)?.text == "\"\u{FFFD}.pdf\"")
  }

  @Test("A line that holds one odd event has the same flaw as on a page")
  func singleEvent() throws {
    #expect(try Events(event: bytes(#"{"event_id":"a" "b":1}"#)).entries.map(\.flaw) == [.syntax])
    #expect(try Events(event: bytes("{\"event_id\":\"a\u{1}\"}")).entries.map(\.flaw) == [.bytes])
  }

  @Test("A flaw says what is wrong in words")
  func words() {
    #expect(Event.Flaw.notAnObject.rawValue == "not a JSON object")
    #expect(Event.Flaw.syntax.rawValue == "not valid JSON")
    #expect(Event.Flaw.bytes.rawValue.contains("not UTF-8"))
  }
}
