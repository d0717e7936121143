import BoxClient
import Testing

@Suite("An event's id, type and time")
struct EventIdentityTests {
  @Test(
    "The id is text, whether Box wrote a string or a number",
    arguments: [
      (#""event_id":"6cb02b1c-fd43-4d5e-8b1f-1dd9d2c1a5b1""#, "6cb02b1c-fd43-4d5e-8b1f-1dd9d2c1a5b1"),
      (#""event_id":11446498"#, "11446498"),
      (#""event_id":9007199254740993"#, "9007199254740993"),
      (#""event_id":-1"#, "-1"),
      (#""event_id":"a\u0062\/c""#, "ab/c"),
      (#""event\u005fid":"escaped name""#, "escaped name"),
      (#""event_id":null"#, nil),
      (#""event_id":"""#, nil),
      (#""event_id":true"#, nil),
      (#""event_id":{"id":"x"}"#, nil),
      (#""event_id":["x"]"#, nil),
      (#""id":"x""#, nil),
      (#""event_id":"first","event_id":"second""#, "second"),
      (#""event_id":"first","event_id":null"#, nil),
    ] as [(String, String?)])
  func id(member: String, id: String?) throws {
    let event = try event("{\"event_type\":\"UPLOAD\",\(member)}")
    #expect(event.id == id)
    #expect(event.eventType == "UPLOAD")
    #expect(event.flaw == nil)
  }

  @Test(
    "The type is whatever Box says, and empty where it says nothing",
    arguments: [
      (#""event_type":"SOME_TYPE_OF_TOMORROW""#, "SOME_TYPE_OF_TOMORROW"),
      (#""event_type":"Ünïcode \"quoted\"""#, "Ünïcode \"quoted\""),
      (#""event_type":null"#, ""),
      (#""event_type":7"#, ""),
      (#""event_type":["UPLOAD"]"#, ""),
      (#""type":"event""#, ""),
    ])
  func type(member: String, type: String) throws {
    let event = try event("{\"event_id\":\"e1\",\(member)}")
    #expect(event.eventType == type)
    #expect(event.id == "e1")
  }

  @Test(
    "The time is the text that Box wrote",
    arguments: [
      (#""created_at":"2026-01-05T09:14:00-08:00""#, "2026-01-05T09:14:00-08:00"),
      (#""created_at":"yesterday""#, "yesterday"),
      (#""created_at":null"#, nil),
      (#""created_at":1767604440"#, nil),
      (#""recorded_at":"2026-01-05T09:14:02-08:00""#, nil),
    ] as [(String, String?)])
  func createdAt(member: String, createdAt: String?) throws {
    #expect(try event("{\(member)}").createdAt == createdAt)
  }

  @Test("An object without members is an event about which nothing is known")
  func emptyObject() throws {
    let event = try event("{}")
    #expect(event.id == nil && event.eventType == "" && event.createdAt == nil && event.flaw == nil)
    #expect(event["event_id"] == nil)
    #expect(event.text == "{}")
  }

  @Test("Members of the source are not taken for the event's own")
  func nested() throws {
    let event = try event(#"{"source":{"event_id":"inner","event_type":"INNER","created_at":"1999-01-01T00:00:00Z"}}"#)
    #expect(event.id == nil && event.eventType == "" && event.createdAt == nil)
  }
}
