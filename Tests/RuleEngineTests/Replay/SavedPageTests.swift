import BoxClient
import Testing

@testable import RuleEngine

@Suite("Recorded pages")
struct SavedPageTests {
  private let fixture: RecordingFixture
  private static let prettyPage = """
    {
      "chunk_size": 2,
      "next_stream_position": "1152922976252290886",
      "entries": [
        {
          "event_id": "1", "source": { "name": "}{" }
        },
        {
          "event_id": "2"
        }
      ]
    }

    """

  init() throws {
    fixture = try RecordingFixture()
  }

  @Test(
    "a saved page is recognised by its content, however it is laid out",
    arguments: [
      #"{"chunk_size":2,"entries":[{"n":1},{"n":2}],"next_stream_position":"5"}"#,
      "[{\"n\":1},{\"n\":2}]\n",
      "[\n{\"n\":1},\n{\"n\":2}\n]\n",
      "[\n{\"n\":1}\n,\n{\"n\":2}\n]\n",
      "\u{FEFF}\r\n{\r\n\"entries\":\r\n[{\"n\":1}, {\"n\":2}]\r\n}\r\n",
      "{\"type\":\"anything\",\"entries\":[{\"n\":1},{\"n\":2}]}\n\n",
    ], [4, 1 << 20])
  func layouts(content: String, blockBytes: Int) throws {
    let recording = try Recording(fixture.file(content), limits: .with { $0.blockBytes = blockBytes })
    #expect(recording.texts == ["{\"n\":1}", "{\"n\":2}"])
    #expect(recording.badLines.isEmpty)
  }

  @Test("events of a page keep their exact text")
  func prettyPage() throws {
    let recording = try Recording(fixture.file(Self.prettyPage))
    #expect(recording.texts.count == 2)
    #expect(recording.texts.first == "{\n      \"event_id\": \"1\", \"source\": { \"name\": \"}{\" }\n    }")
  }

  @Test("one event over several lines is one event")
  func prettyEvent() throws {
    let event = "{\n  \"event_id\": \"1\",\n  \"source\": {\n  }\n}"
    #expect(try Recording(fixture.file(event + "\n")).texts == [event])
  }

  @Test(
    "an empty page has no events and is no mistake",
    arguments: ["{\"chunk_size\":0,\"entries\":[]}", "[]", "[\n]"])
  func emptyPage(content: String) throws {
    let recording = try Recording(fixture.file(content))
    #expect(recording.texts.isEmpty && recording.badLines.isEmpty)
  }

  @Test("a large saved page comes in pages of the usual size")
  func largePage() throws {
    let events = (1...1001).map { "{\"n\":\($0)}" }
    let path = try fixture.file("{\"entries\":[\(events.joined(separator: ",\n"))]}")
    let recording = try Recording(path)
    #expect(recording.texts == events)
    #expect(recording.pageSizes == [500, 500, 1])
  }

  @Test("an entry that is no event is reported with the line on which it stands")
  func badEntries() throws {
    let path = try fixture.file("[\n{\"n\":1}, 5,\n\n{\"n\":2},\n\"six\", {\"n\" 3}]")
    let recording = try Recording(path)
    #expect(recording.texts == ["{\"n\":1}", "{\"n\":2}"])
    #expect(
      recording.badLines.map(\.description) == [
        "\(path):2: entry 2 of the page is no event: not a JSON object",
        "\(path):5: entry 4 of the page is no event: not a JSON object",
        "\(path):5: entry 5 of the page is no event: not valid JSON",
      ])
  }

  @Test("pages may stand one on a line, between events too")
  func pagesOnLines() throws {
    let path = try fixture.file(
      "{\"entries\":[{\"n\":1},{\"n\":2},7],\"chunk_size\":2}\n{\"n\":3}\n{\"entries\":[{\"n\":4}]}\n")
    let recording = try Recording(path, limits: RecordingLimits(pageSize: 3))
    #expect(recording.texts == (1...4).map { "{\"n\":\($0)}" })
    #expect(recording.pageSizes == [3, 1])
    #expect(recording.badNumbers == [1])
  }

  @Test("a page that ends too early is refused wherever it was cut", arguments: [8, 1 << 20])
  func cutPage(blockBytes: Int) throws {
    let bytes = Array(Self.prettyPage.utf8)
    for length in 1..<(bytes.count - 2) {
      let path = try fixture.file(bytes.prefix(length))
      let error = #expect(throws: RecordedEventsError.self) {
        try Recording(path, limits: .with { $0.blockBytes = blockBytes })
      }
      #expect(error?.reason == .notEvents, "cut at \(length)")
      #expect(error?.problem == "\(path) is neither JSON Lines nor a saved page: it ends too early")
    }
  }

  @Test("a page that does not fit into memory is refused with a way out")
  func tooLarge() throws {
    let path = try fixture.file(Self.prettyPage)
    let limits = RecordingLimits.with {
      $0.blockBytes = 16
      $0.documentBytes = 64
    }
    let error = #expect(throws: RecordedEventsError.self) { try Recording(path, limits: limits) }
    #expect(error?.reason == .tooLarge)
    #expect(error?.advice.contains("jq -c") == true)
  }
}
