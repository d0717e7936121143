import BoxClient
import Testing

@Suite("Values that a strict reader refuses")
struct OddValueTests {
  @Test(
    "A number is kept as it is written, however large or precise",
    arguments: [
      "1e400", "-1E-400", "18446744073709551616", "123456789012345678901234567890123456789012345", "0.10", "-0",
      "1.2e+31",
    ])
  func numbers(number: String) throws {
    let event = try event(#"{"event_id":"n","source":{"size":\#(number)},"additional_details":\#(number)}"#)
    #expect(event["additional_details"]?.text == number)
    #expect(event["additional_details"]?.kind == .number)
    #expect(event["additional_details"]?.identifier == number)
    #expect(try value("source.size", of: event)?.text == number)
    #expect(event.flaw == nil)
  }

  @Test(
    "A string decodes as JSON says, and a lone surrogate as the replacement character",
    arguments: [
      (#""plain""#, "plain"),
      (#""""#, ""),
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""\u00e9\u20AC""#, "é€"),
      (#""\ud83d\ude00""#, "😀"),
      (#""\uD834\uDD1E.pdf""#, "𝄞.pdf"),
      (#""a\ud83db""#, "a\u{FFFD}b"),
      (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
      (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
      (#""\ud800\u0041""#, "\u{FFFD}A"),
      (#""\u0000end""#, "\0end"),
      (#""ünïcode 日本語 😀""#, "ünïcode 日本語 😀"),
    ])
  func strings(json: String, text: String) throws {
    let event = try event(#"{"event_id":"s","name":\#(json),"source":{"name":\#(json)}}"#)
    #expect(event["name"]?.string == text)
    #expect(event["name"]?.text == json)
    #expect(try value("source.name", of: event)?.string == text)
    #expect(event.flaw == nil)
  }

  @Test(
    "A string with a bad escape has its text, but does not decode",
    arguments: [#""\q""#, #""\u12""#, #""\u12G4""#, #""\U0041""#, #""\ud800\uZZZZ""#])
  func badEscapes(json: String) throws {
    let event = try event(#"{"event_id":"s","name":\#(json)}"#)
    #expect(event["name"]?.text == json)
    #expect(event["name"]?.string == nil)
    #expect(event["name"]?.kind == .string)
    #expect(event.id == "s")
  }

  @Test("Of members that stand twice the last one counts, at every depth")
  func duplicates() throws {
    let event = try event(
      #"{"event_type":"A","x":1,"source":{"id":"1"},"x":2,"source":{"id":"2","id":"3"},"event_type":"B"}"#)
    #expect(event.eventType == "B")
    #expect(event["x"]?.text == "2")
    #expect(try value("source.id", of: event)?.string == "3")
  }

  @Test("A member is found by its decoded name")
  func escapedNames() throws {
    let event = try event(#"{"so\u0075rce":{"na\u006de":"x","a\"b":1,"":2},"c\nd":3}"#)
    #expect(try value("source.name", of: event)?.string == "x")
    #expect(event["source"]?["a\"b"]?.text == "1")
    #expect(event["source"]?[""]?.text == "2")
    #expect(event["c\nd"]?.text == "3")
    #expect(event[#"c\nd"#] == nil)
    #expect(event[#"so\u0075rce"#] == nil)
  }

  @Test(
    "What a value is shows from its text",
    arguments: [
      ("null", .null), ("true", .bool), ("false", .bool), ("-4", .number), ("\"\"", .string), ("[1]", .array),
      ("{}", .object), ("nul", .malformed), ("truth", .malformed), ("NaN", .malformed), ("'x'", .malformed),
    ] as [(String, JSONText.Kind)])
  func kinds(json: String, kind: JSONText.Kind) throws {
    let event = try event("{\"x\":\(json)}")
    #expect(event["x"]?.kind == kind)
  }

  @Test("An identifier is a string's or a number's text, and nothing else's")
  func identifiers() throws {
    let event = try event(#"{"a":"12","b":12,"c":null,"d":true,"e":{},"f":[],"g":""}"#)
    #expect(event["a"]?.identifier == "12")
    #expect(event["b"]?.identifier == "12")
    #expect(event["g"]?.identifier == "")
    for name in ["c", "d", "e", "f"] { #expect(event[name]?.identifier == nil) }
  }

  @Test("Quotes and brackets inside strings end nothing")
  func structuralCharactersInStrings() throws {
    let event = try event(#"{"event_id":"}],\"{[","source":{"name":"a\\","b":"],}"},"event_type":"T"}"#)
    #expect(event.id == "}],\"{[")
    #expect(try value("source.name", of: event)?.string == "a\\")
    #expect(try value("source.b", of: event)?.string == "],}")
    #expect(event.eventType == "T")
  }

  @Test("A value may be nested hundreds deep")
  func depth() throws {
    let deep = String(repeating: "[", count: 700) + "7" + String(repeating: "]", count: 700)
    let event = try event("{\"event_id\":\"d\",\"source\":\(deep)}")
    #expect(event["source"]?.text == deep)
    #expect(try value("source" + String(repeating: ".1", count: 700), of: event)?.text == "7")
  }
}
