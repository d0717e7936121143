import Testing

@testable import RuleEngine

@Suite("Event fields that were seen")
struct SeenFieldsTests {
  private static func paths(_ texts: String...) -> [String] {
    var seen = SeenFields()
    for text in texts { seen.add(Array(text.utf8)) }
    return seen.paths
  }

  @Test("are paths into objects, of all events together")
  func paths() {
    #expect(
      Self.paths(#"{"a":{"b":{"c":1}},"d":[{"e":1}]}"#, #"{"a":{"x":"y, {\"z\":1}"}}"#)
        == ["a", "a.b", "a.b.c", "a.x", "d"])
  }

  @Test("that are no names are left out, what is behind them is not")
  func names() { #expect(Self.paths(#"{"a b":{"c":1},"0":1,"é":2,"ok":true}"#) == ["ok"]) }

  @Test(
    "text that is no JSON does no harm",
    arguments: ["", "{", "}{", #"{"a"#, #"{"a":"#, #"{"a":[1,"#, "[[[", #"{"a":"\"#, "nul", "{\"a\":{\"a\":"])
  func broken(text: String) { #expect(Self.paths(text).allSatisfy { $0.hasPrefix("a") }) }

  @Test("in text without end come to an end")
  func deep() {
    let deep = String(repeating: #"{"a":"#, count: 200_000)
    #expect(Self.paths(deep).first == "a")
    #expect(Self.paths(String(repeating: "[", count: 1_000_000)) == [])
  }
}
