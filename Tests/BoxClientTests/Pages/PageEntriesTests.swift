import BoxClient
import Testing

@Suite("A page's entries")
struct PageEntriesTests {
  static let upload =
    #"{"type":"event","event_id":"4711aa","event_type":"ITEM_UPLOAD","source":{"type":"file","id":"31"}}"#
  static let trash = #"{ "event_id" : "4712bb" , "event_type":"ITEM_TRASH","source": null }"#

  @Test("Entries come in Box's order with the exact text that Box sent")
  func exactText() throws {
    let events = try Events(
      page: bytes("{\"chunk_size\":2,\"next_stream_position\":8,\"entries\":[ \(Self.upload) ,\r\n\t\(Self.trash)\n]}"))
    #expect(events.entries.map(\.text) == [Self.upload, Self.trash])
    #expect(events.entries.map { exactBytes(of: $0) } == [Array(Self.upload.utf8), Array(Self.trash.utf8)])
    #expect(events.entries.map(\.eventType) == ["ITEM_UPLOAD", "ITEM_TRASH"])
    #expect(events.entries.allSatisfy { $0.flaw == nil })
  }

  @Test("White space may stand between any two tokens")
  func whiteSpace() throws {
    let space = " \t\r\n "
    let tokens = [
      "", "{", "\"chunk_size\"", ":", "1", ",", "\"next_stream_position\"", ":", "\"12\"", ",", "\"entries\"", ":", "[",
      "{", "\"event_id\"", ":", "\"x1\"", ",", "\"source\"", ":", "{", "\"id\"", ":", "[", "1", ",", "2", "]", "}", "}",
      "]", "}", "",
    ]
    let events = try Events(page: bytes(tokens.joined(separator: space)))
    #expect(events.chunkSize == 1)
    #expect(events.nextStreamPosition == StreamPosition("12"))
    #expect(events.entries.count == 1)
    let event = events.entries[0]
    #expect(event.id == "x1")
    #expect(event.text.first == "{" && event.text.last == "}")
    #expect(try value("source.id.2", of: event)?.text == "2")
    #expect(event["source"]?.text.hasSuffix("}") == true)
  }

  @Test("A byte-order mark before the page is no part of it")
  func byteOrderMark() throws {
    let text = "\u{FEFF}{\"chunk_size\":1,\"next_stream_position\":3,\"entries\":[\(Self.upload)]}"
    let events = try Events(page: bytes(text))
    #expect(events.entries.map(\.text) == [Self.upload])
    #expect(events.nextStreamPosition == StreamPosition("3"))
  }

  @Test(
    "A page without entries is a page",
    arguments: [
      #"{"chunk_size":0,"entries":null,"next_stream_position":"6"}"#,
      #"{"chunk_size":0,"next_stream_position":"6"}"#,
      #"{"next_stream_position":"6"}"#,
      #"{"entries":[],"next_stream_position":"6"}"#,
      #"{"entries":[{"event_id":"a"}],"entries":null,"next_stream_position":"6"}"#,
    ])
  func noEntries(text: String) throws {
    let events = try Events(page: bytes(text))
    #expect(events.entries.isEmpty)
    #expect(events.nextStreamPosition == StreamPosition("6"))
  }

  @Test("Of two lists of entries the last one counts")
  func twoLists() throws {
    let events = try Events(
      page: bytes(#"{"entries":[{"event_id":"a"},{"event_id":"b"}],"entries":[{"event_id":"c"}]}"#))
    #expect(events.entries.map(\.id) == ["c"])
    #expect(events.entries[0]["event_id"]?.text == "\"c\"")
  }

  @Test("Members of the page that nobody knows are read over")
  func unknownMembers() throws {
    let events = try Events(
      page: bytes(
        #"{"has_more":{"entries":[1,{"event_id":"no"}]},"entries":[{"event_id":"yes"}],"x":[[],{}],"y":null}"#))
    #expect(events.entries.map(\.id) == ["yes"])
  }

  @Test("A page of thousands of events holds each of them")
  func manyEvents() throws {
    let entries = (0..<5000).map {
      #"{"event_id":"id-\#($0)","source":{"id":\#($0),"name":"\#(String(repeating: "n", count: $0 % 90))"}}"#
    }
    let events = try Events(page: bytes(#"{"entries":[\#(entries.joined(separator: ","))],"next_stream_position":1}"#))
    #expect(events.entries.map(\.text) == entries)
    #expect(try value("source.id", of: events.entries[4321])?.text == "4321")
    #expect(events.footprint > entries.reduce(0) { $0 + $1.utf8.count })
  }

  @Test("An event outlives the page that it came from")
  func lifetime() throws {
    let event = try event(Self.upload)
    PageParser.releaseMemory()
    _ = try page(Self.trash)
    #expect(event.text == Self.upload)
    #expect(event["source"]?["id"]?.string == "31")
  }

  @Test("A bare array of events and a single event read as a page's entries do")
  func otherInputs() throws {
    let array = try Events(array: bytes(" [\(Self.upload), \(Self.trash)]\n"))
    #expect(array.entries.map(\.text) == [Self.upload, Self.trash])
    #expect(array.nextStreamPosition == nil && array.chunkSize == nil)
    let single = try Events(event: bytes("\n\(Self.trash)\r\n"))
    #expect(single.entries.map(\.text) == [Self.trash])
    #expect(single.entries[0].digest == array.entries[1].digest)
    #expect(try Events(array: bytes("[]")).entries.isEmpty)
  }

  @Test("Pages may be read by many tasks at once")
  func concurrently() async throws {
    let texts = try await withThrowingTaskGroup(of: (Int, [String?]).self) { group in
      for number in 0..<64 {
        group.addTask {
          (number, try page(#"{"event_id":"\#(number)a"}"#, #"{"event_id":"\#(number)b"}"#).entries.map(\.id))
        }
      }
      return try await group.reduce(into: [Int: [String?]]()) { $0[$1.0] = $1.1 }
    }
    #expect(texts.count == 64)
    #expect(texts.allSatisfy { $0.value == ["\($0.key)a", "\($0.key)b"] })
  }
}
