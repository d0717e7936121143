import BoxClient
import Testing

@testable import RuleEngine

@Suite("Files of recorded events")
struct RecordedFilesTests {
  private let fixture: RecordingFixture

  init() throws {
    fixture = try RecordingFixture()
  }

  @Test("files are read one after the other, each in its own form")
  func severalFiles() throws {
    let lines = try fixture.file(named: "lines", "{\"n\":1}\n{\"n\":2}\n")
    let empty = try fixture.file(named: "empty", "")
    let blank = try fixture.file(named: "blank", " \n\r\n")
    let page = try fixture.file(named: "page", "{\"entries\":[{\"n\":3}]}")
    #expect(try Recording(lines, empty, blank, page).texts == (1...3).map { "{\"n\":\($0)}" })
  }

  @Test("a page tells its file, and progress ends at the size of all files")
  func progress() throws {
    let first = try fixture.file(named: "first", "{\"n\":1}\n")
    let second = try fixture.file(named: "second", "[{\"n\":2}]")
    var recorded = try RecordedEvents(paths: [first, second])
    #expect(recorded.totalBytes == 17)
    #expect(recorded.bytesRead == 0)
    #expect(try recorded.next()?.file == first)
    #expect(recorded.bytesRead == 8)
    #expect(try recorded.next()?.file == second)
    #expect(try recorded.next() == nil)
    #expect(recorded.bytesRead == 17)
  }

  @Test("a missing file is told before anything is read")
  func missing() throws {
    let there = try fixture.file(named: "there", "{}")
    let path = fixture.path("missing.jsonl")
    let error = #expect(throws: RecordedEventsError.self) { try Recording(there, path) }
    #expect(error?.reason == .missing)
    #expect(
      error?.description
        == "there is no file \(path). Name a file of recorded events, or - for standard input.")
  }

  @Test("a folder is no file")
  func folder() throws {
    let path = fixture.folder.path
    let error = #expect(throws: RecordedEventsError.self) { try Recording(path) }
    #expect(error?.reason == .directory)
    #expect(
      error?.description
        == "\(path) is a folder. Name the files in it: \(path)/*.jsonl. A folder of rules goes behind --rules.")
    let slashed = #expect(throws: RecordedEventsError.self) { try Recording(path + "/") }
    #expect(slashed?.advice.contains("\(path)/*.jsonl") == true)
  }

  @Test(
    "what holds no events is refused, and the message says what it is",
    arguments: [
      (Array("<html>\n<body>\n".utf8), "it begins with \"<html>\\n<body>\\n\""),
      (Array("[{\"n\":1}]\n[{\"n\":2}]\n".utf8), "no valid JSON at byte 10"),
      ([0x1F, 0x8B, 0x08, 0x00], "it is compressed"),
      ([0xFF, 0xFE, 0x7B, 0x00], "it is UTF-16 text"),
      (Array("42".utf8), "it begins with \"42\""),
    ])
  func notEvents(content: [UInt8], detail: String) throws {
    let path = try fixture.file(content)
    let error = #expect(throws: RecordedEventsError.self) { try Recording(path) }
    #expect(error?.reason == .notEvents)
    #expect(error?.problem == "\(path) is neither JSON Lines nor a saved page: \(detail)")
  }

  @Test("after a file that is refused the next one can be read")
  func goesOn() throws {
    let refused = try fixture.file(named: "refused", "<html>")
    let good = try fixture.file(named: "good", "{\"n\":1}")
    var recorded = try RecordedEvents(paths: [refused, good])
    #expect(throws: RecordedEventsError.self) { try recorded.next() }
    #expect(try recorded.next()?.events.entries.map(\.text) == ["{\"n\":1}"])
    #expect(try recorded.next() == nil)
  }

  @Test("lines of another kind before the first event are reported, not taken for the file's kind")
  func commentFirst() throws {
    let recording = try Recording(fixture.file("# recorded on Monday\n{\"n\":1}\n"))
    #expect(recording.texts == ["{\"n\":1}"])
    #expect(recording.badNumbers == [1])
  }
}
