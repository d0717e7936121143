import BoxClient
import Testing

@Suite("A page's position and size")
struct PagePositionTests {
  @Test(
    "The next position is the text that Box wrote, digit for digit",
    arguments: [
      ("41", "41"),
      ("9007199254740993", "9007199254740993"),
      ("30400984754258519", "30400984754258519"),
      ("18446744073709551617", "18446744073709551617"),
      ("340282366920938463463374607431768211457", "340282366920938463463374607431768211457"),
      ("3.04e16", "3.04e16"),
      ("0", "0"),
      ("\"0\"", "0"),
      ("\"1152922976252290887\"", "1152922976252290887"),
      ("\"1451002006633;5cdb8971-089a-4886-905e-0fdf1cce03d9\"", "1451002006633;5cdb8971-089a-4886-905e-0fdf1cce03d9"),
      ("\"a\\u002fb\\/c\"", "a/b/c"),
      ("\"\"", ""),
    ])
  func position(json: String, text: String) throws {
    let events = try Events(page: bytes(#"{"chunk_size":0,"next_stream_position":\#(json),"entries":[]}"#))
    #expect(events.nextStreamPosition == StreamPosition(text))
  }

  @Test(
    "The position of a page that says nothing of its events is not kept",
    arguments: [
      (#"{"next_stream_position":"9"}"#, false),
      (#"{"entries":null,"next_stream_position":"9"}"#, false),
      (#"{"type":"error","status":500,"next_stream_position":"9"}"#, false),
      (#"{"entries":[],"next_stream_position":"9"}"#, true),
      (#"{"chunk_size":0,"next_stream_position":"9"}"#, true),
      (#"{"chunk_size":"0","entries":null,"next_stream_position":"9"}"#, true),
      (#"{"entries":[{"event_id":"a"}],"next_stream_position":"9"}"#, true),
    ])
  func positionToKeep(text: String, isKept: Bool) throws {
    let events = try Events(page: bytes(text))
    #expect(events.positionToKeep(asked: StreamPosition("7")) == (isKept ? StreamPosition("9") : nil))
    #expect(events.positionToKeep(asked: nil) == (isKept ? StreamPosition("9") : nil))
    // Before `now` nothing can be left out.
    #expect(events.positionToKeep(asked: .now) == StreamPosition("9"))
  }

  @Test(
    "There is no next position where Box sent none that could be sent back",
    arguments: [
      #"{"chunk_size":0,"entries":[]}"#,
      #"{"chunk_size":0,"entries":[],"next_stream_position":null}"#,
      #"{"chunk_size":0,"entries":[],"next_stream_position":true}"#,
      #"{"chunk_size":0,"entries":[],"next_stream_position":{"a":1}}"#,
      #"{"chunk_size":0,"entries":[],"next_stream_position":[1]}"#,
      #"{"chunk_size":0,"entries":[],"next_stream_position":"\q"}"#,
    ])
  func noPosition(text: String) throws {
    #expect(try Events(page: bytes(text)).nextStreamPosition == nil)
  }

  @Test("Of two positions the last one counts, whatever stands between them")
  func twoPositions() throws {
    let events = try Events(
      page: bytes(#"{"next_stream_position":1,"entries":[{"event_id":"a"}],"next_stream_position":"2"}"#))
    #expect(events.nextStreamPosition == StreamPosition("2"))
    #expect(events.entries.map(\.id) == ["a"])
  }

  @Test("The names of a page's members may be written with escapes")
  func escapedNames() throws {
    let events = try Events(
      page: bytes(#"{"\u0063hunk_size":1,"next\u005fstream\u005Fposition":5,"entrie\u0073":[{"event_id":"a"}]}"#))
    #expect(events.chunkSize == 1)
    #expect(events.nextStreamPosition == StreamPosition("5"))
    #expect(events.entries.map(\.id) == ["a"])
  }

  @Test(
    "The chunk size is Box's number, written as a number or as a string",
    arguments: [
      ("0", 0), ("500", 500), ("\"17\"", 17), ("null", nil), ("1e400", nil), ("2.5", nil),
      ("99999999999999999999", nil), ("[]", nil),
    ] as [(String, Int?)])
  func chunkSize(json: String, size: Int?) throws {
    let events = try Events(page: bytes(#"{"entries":[],"next_stream_position":1,"chunk_size":\#(json)}"#))
    #expect(events.chunkSize == size)
  }

  @Test("The chunk size is Box's word, not the number of entries")
  func chunkSizeDiffers() throws {
    let events = try Events(page: bytes(#"{"chunk_size":9,"next_stream_position":1,"entries":[{"event_id":"a"}]}"#))
    #expect(events.chunkSize == 9)
    #expect(events.entries.count == 1)
    #expect(try Events(page: bytes(#"{"next_stream_position":1,"entries":[]}"#)).chunkSize == nil)
  }
}
