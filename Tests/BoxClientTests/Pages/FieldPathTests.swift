import BoxClient
import Testing

@Suite("A path into an event")
struct FieldPathTests {
  static let text = #"""
    {"event_id":"p","source":{"name":"plan","parent":{"name":"Box","id":"0"},"path_collection":{"total_count":2,
    "entries":[{"id":"0","name":"All Files"},{"id":"12","name":"Plans"}]},"1":"by name"},"list":[[1,2],["x"]],"n":4}
    """#

  @Test(
    "A path is followed through objects by name and through arrays from 1",
    arguments: [
      ("event_id", "\"p\""),
      ("source.name", "\"plan\""),
      ("source.parent.name", "\"Box\""),
      ("source.path_collection.total_count", "2"),
      ("source.path_collection.entries.1.name", "\"All Files\""),
      ("source.path_collection.entries.2.id", "\"12\""),
      ("source.1", "\"by name\""),
      ("list.1.2", "2"),
      ("list.2.1", "\"x\""),
      ("list.2", "[\"x\"]"),
    ])
  func found(path: String, text: String) throws {
    #expect(try value(path, of: event(Self.text))?.text == text)
  }

  @Test(
    "A path that leads nowhere finds nothing",
    arguments: [
      "missing", "source.missing", "source.name.more", "n.1", "list.0", "list.3", "list.-1", "list.1.x", "list.x",
      "list.-9223372036854775808", "list.9223372036854775807", "list.99999999999999999999", "source.2", "event_id.1",
    ])
  func notFound(path: String) throws {
    #expect(try value(path, of: event(Self.text)) == nil)
  }

  @Test("A path with an empty step is none", arguments: ["", ".", "a.", ".a", "a..b"])
  func malformed(path: String) {
    #expect(FieldPath(path) == nil)
  }

  @Test("A path is written as it was read")
  func text() throws {
    let path = try #require(FieldPath("source.path_collection.entries.1.name"))
    #expect(path.steps == ["source", "path_collection", "entries", "1", "name"])
    #expect("\(path)" == "source.path_collection.entries.1.name")
    #expect(path == FieldPath("source.path_collection.entries.1.name"))
  }

  @Test("An element or a member of another kind of value is nothing")
  func subscripts() throws {
    let event = try event(Self.text)
    #expect(event["list"]?["1"] == nil)
    #expect(event["source"]?[0] == nil)
    #expect(event["n"]?[0] == nil && event["n"]?["n"] == nil)
    #expect(event["list"]?[-1] == nil && event["list"]?[2] == nil)
    #expect(event["list"]?[1]?.text == "[\"x\"]")
  }
}
