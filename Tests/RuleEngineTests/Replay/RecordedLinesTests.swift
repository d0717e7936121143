import BoxClient
import Testing

@testable import RuleEngine

@Suite("Recorded JSON Lines")
struct RecordedLinesTests {
  private let fixture: RecordingFixture

  init() throws {
    fixture = try RecordingFixture()
  }

  @Test(
    "each line is an event with its exact text, wherever a block ends",
    arguments: [1, 2, 7, 64, 1 << 20], ["\n", "\r\n", " \n\n \t\r\n"])
  func exactText(blockBytes: Int, lineBreak: String) throws {
    let events = (1...20).map { #"{ "event_id":"\#($0)",  "source":{"name":"ü \#($0)\n"} }"# }
    let limits = RecordingLimits.with { $0.blockBytes = blockBytes }
    let path = try fixture.file(events.joined(separator: lineBreak))
    let recording = try Recording(path, limits: limits)
    #expect(recording.texts == events)
    #expect(recording.badLines.isEmpty)
  }

  @Test("byte order marks are no part of the events, at the beginning and where files were joined")
  func byteOrderMarks() throws {
    let path = try fixture.file("\u{FEFF}{\"event_id\":\"1\"}\n\u{FEFF}{\"event_id\":\"2\"}\n")
    let recording = try Recording(path)
    #expect(recording.texts == [#"{"event_id":"1"}"#, #"{"event_id":"2"}"#])
    #expect(recording.badLines.isEmpty)
  }

  @Test("a page holds no more events than asked for")
  func pageSize() throws {
    let path = try fixture.file((1...1001).map { "{\"n\":\($0)}\n" }.joined())
    #expect(try Recording(path).pageSizes == [500, 500, 1])
    #expect(try Recording(path, limits: RecordingLimits(pageSize: 400)).pageSizes == [400, 400, 201])
  }

  @Test("a page holds no more bytes than allowed, unless one event alone is larger")
  func pageBytes() throws {
    let large = "{\"text\":\"\(String(repeating: "x", count: 300))\"}"
    let path = try fixture.file("{\"n\":1}\n{\"n\":2}\n\(large)\n{\"n\":3}\n")
    let recording = try Recording(path, limits: .with { $0.pageBytes = 100 })
    #expect(recording.texts == ["{\"n\":1}", "{\"n\":2}", large, "{\"n\":3}"])
    #expect(recording.pageSizes == [2, 1, 1])
  }

  @Test(
    "a line that is no event is reported with its number, the others are handled",
    arguments: [
      ("42", "no event: not a JSON object; the line begins with \"42\""),
      ("\"text\"", "no event: not a JSON object; the line begins with \"\\\"text\\\"\""),
      ("[{\"n\":9}]", "no event: not a JSON object; the line begins with \"[{\\\"n\\\":9}]\""),
      ("null", "no event: not a JSON object; the line begins with \"null\""),
      ("{\"n\":9", "no event: the line ends in the middle of a JSON object; it begins with \"{\\\"n\\\":9\""),
      ("{\"n\":1},{\"n\":2}", "no event: not valid JSON at byte 7 of the line"),
      ("{\"n\" 1}", "no event: not valid JSON"),
    ])
  func badLine(line: String, message: String) throws {
    let path = try fixture.file("{\"n\":1}\n\n\(line)\n{\"n\":2}\n")
    let recording = try Recording(path)
    #expect(recording.texts == ["{\"n\":1}", "{\"n\":2}"])
    #expect(recording.badLines == [BadLine(file: path, line: 3, message: message)])
    #expect(recording.badLines.first?.description == "\(path):3: \(message)")
  }

  @Test("bytes that are not UTF-8 cost their line only")
  func brokenBytes() throws {
    let path = try fixture.file(Array("{\"n\":1}\n{\"n\":\"".utf8) + [0xFF] + Array("\"}\n{\"n\":3}\n".utf8))
    let recording = try Recording(path)
    #expect(recording.texts == ["{\"n\":1}", "{\"n\":3}"])
    #expect(recording.badNumbers == [2])
  }

  @Test("broken lines that add up to as many events as there are lines are still broken")
  func conspiringLines() throws {
    let path = try fixture.file("{\"n\":1}\n{\"a\":1\n\"b\":2}\n{\"c\":1},{\"d\":2}\n")
    let recording = try Recording(path)
    #expect(recording.texts == ["{\"n\":1}"])
    #expect(recording.badNumbers == [2, 3, 4])
  }

  @Test("a first line that is cut off does not make a saved page of the lines behind it")
  func cutFirstLine() throws {
    let path = try fixture.file("{\"source\":{\"id\":\"1\n{\"n\":2}\n{\"n\":3}\n")
    let recording = try Recording(path)
    #expect(recording.texts == ["{\"n\":2}", "{\"n\":3}"])
    #expect(recording.badNumbers == [1])
  }

  @Test("a line that is too long is skipped and reported", arguments: [8, 1 << 20])
  func longLine(blockBytes: Int) throws {
    let long = "{\"text\":\"\(String(repeating: "x", count: 100))\"}"
    let path = try fixture.file("{\"n\":1}\n\(long)\n{\"n\":3}\n\(long)")
    let limits = RecordingLimits.with {
      $0.blockBytes = blockBytes
      $0.lineBytes = 50
    }
    let recording = try Recording(path, limits: limits)
    #expect(recording.texts == ["{\"n\":1}", "{\"n\":3}"])
    #expect(recording.badNumbers == [2, 4])
  }

  @Test("an object without any field of Box's is an event")
  func emptyObject() throws {
    #expect(try Recording(fixture.file("{}\n{ }\n")).texts == ["{}", "{ }"])
  }
}
