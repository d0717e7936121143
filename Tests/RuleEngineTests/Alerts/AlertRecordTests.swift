import Foundation
import RuleEngine
import Testing

@Suite("Alert records")
struct AlertRecordTests {
  @Test("a record is one line of JSON with its keys in order")
  func allKeys() {
    let record = AlertRecord(
      id: "a1", time: "2026-01-01T00:00:00Z", severity: .high, title: "Upload", body: "of a program",
      rule: "executables", stream: "admin_logs", eventID: "e1", eventType: "UPLOAD", dedupKey: "7",
      context: "{\"path\":\"All Files/x\"}")
    #expect(
      record.jsonLine == #"{"id":"a1","time":"2026-01-01T00:00:00Z","kind":"alert","severity":"high","title":"Upload","#
        + #""body":"of a program","rule":"executables","stream":"admin_logs","event_id":"e1","event_type":"UPLOAD","#
        + #""dedup_key":"7","context":{"path":"All Files/x"}}"#)
  }

  @Test("what is empty is left out")
  func emptyKeys() {
    let record = AlertRecord(id: "s", time: "t", kind: .summary, title: "and 37 more", rule: "r")
    #expect(record.jsonLine == #"{"id":"s","time":"t","kind":"summary","title":"and 37 more","rule":"r"}"#)
  }

  @Test(
    "any text stays on the line and comes back as it was",
    arguments: ["\"\\/", "a\nb\r\n\tc", "\u{0}\u{1F}\u{7F}\u{2028}", "ünï 漢字 😀", "\u{FFFD}"])
  func escapes(text: String) throws {
    let line = AlertRecord(id: "a", time: "t", title: text, body: text, rule: text).jsonLine
    #expect(!line.contains(where: \.isNewline) || text.contains("\u{2028}"))
    let read = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    #expect(read["title"] == text && read["body"] == text && read["rule"] == text)
  }

  @Test("a context that was laid out over several lines is put on one")
  func context() {
    let record = AlertRecord(id: "a", time: "t", title: "x", rule: "r", context: "{\n  \"n\": 1,\r\n \"m\":\"\\n\"}")
    #expect(record.jsonLine.hasSuffix(#""context":{   "n": 1,   "m":"\n"}}"#))
  }
}
