import BoxClient
import Testing

@Suite("An event's source")
struct SourceTests {
  /// The shapes that Box sends (PROTOCOL.md, section 4 "source variants"): the source, a path, and the text there.
  static let variants: [(source: String, path: String, text: String)] = [
    (
      #"{"type":"file","id":"81","etag":null,"size":1.2e+31,"path_collection":{"total_count":1,"entries":[{"id":"0"}]}}"#,
      "source.path_collection.entries.1.id", "\"0\""
    ),
    (#"{"type":"folder","id":"82","parent":null,"item_status":"trashed","name":"Old"}"#, "source.parent", "null"),
    (#"{"type":"web_link","id":"83","url":"https:\/\/example.com\/"}"#, "source.url", #""https:\/\/example.com\/""#),
    (
      #"{"item_type":"file","item_id":"84","item_name":"plan.pdf","classification":{"name":"Secret"}}"#,
      "source.classification.name", "\"Secret\""
    ),
    (#"{"folder_id":"85","folder_name":"Shared","user_id":"19","user_name":"Kim"}"#, "source.user_name", "\"Kim\""),
    (#"{"file_id":"86","user_email":"guest@example.org","parent":{"id":"85"}}"#, "source.parent.id", "\"85\""),
    (#"{"folder_id":"87","group_id":"44","group_name":"Sales"}"#, "source.group_id", "\"44\""),
    (#"{"type":"user","id":11446498,"login":"lee@example.com"}"#, "source.id", "11446498"),
    (#"{"group_id":"45","group_name":"Support"}"#, "source.group_name", "\"Support\""),
    (#"{"type":"application","name":"Importer","api_key":"k9"}"#, "source.api_key", "\"k9\""),
    (#"{"type":"app_item","id":"88","app_item_type":"hub","user":{"id":"3"}}"#, "source.user.id", "\"3\""),
    (#"{"barrier_id":654321,"barrier_segments":[{"name":"8"}]}"#, "source.barrier_segments.1.name", "\"8\""),
    (#"[{"id":"a"},{"id":"b"}]"#, "source.2.id", "\"b\""),
    (#""just text""#, "source", #""just text""#),
    ("null", "source", "null"),
    ("17", "source", "17"),
    ("false", "source", "false"),
  ]

  @Test("A source of any shape is kept as it came", arguments: variants)
  func variant(source: String, path: String, text: String) throws {
    let event = try event(#"{"event_id":"v","source":\#(source),"event_type":"ANY"}"#)
    #expect(event["source"]?.text == source)
    #expect(try value(path, of: event)?.text == text)
    #expect(event.id == "v" && event.eventType == "ANY" && event.flaw == nil)
  }

  @Test("A source that is missing is told from one that is null")
  func missing() throws {
    let without = try event(#"{"event_id":"v"}"#)
    let null = try event(#"{"event_id":"v","source":null}"#)
    #expect(without["source"] == nil)
    #expect(null["source"]?.kind == .null)
    #expect(try value("source.id", of: null) == nil)
  }

  @Test("Fields that nobody knows are kept with their exact text")
  func unknownFields() throws {
    let event = try event(
      #"{"event_id":"v","planet":{ "moons" : [1, 2.50] },"action_by":null,"ip_address":"Unknown IP"}"#)
    #expect(event["planet"]?.text == #"{ "moons" : [1, 2.50] }"#)
    #expect(try value("planet.moons.2", of: event)?.text == "2.50")
    #expect(event["action_by"]?.kind == .null)
    #expect(event["ip_address"]?.string == "Unknown IP")
  }
}
