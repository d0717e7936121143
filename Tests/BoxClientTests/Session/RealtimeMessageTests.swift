import Testing

@testable import BoxClient

@Suite("What a real-time server says")
struct RealtimeMessageTests {
  @Test(
    "Two messages have a meaning of their own",
    arguments: [
      (#"{"version":1,"message":"new_change"}"#, .newChange), (#"{"message":"new_change"}"#, .newChange),
      (#"{"version":"2","source":"x","message":"new_change"}"#, .newChange),
      ("{\n  \"message\" : \"new\\u005fchange\"\n}\n", .newChange),
      (#"{"version":1,"message":"reconnect"}"#, .reconnect),
    ] as [(String, RealtimeMessage)])
  func known(body: String, message: RealtimeMessage) {
    #expect(RealtimeMessage(bytes(body)) == message)
  }

  @Test(
    "Anything else is told as it came",
    arguments: [
      (#"{"message":"max_retries"}"#, "max_retries"), (#"{"message":"New_Change"}"#, "New_Change"),
      (#"{"message":""}"#, ""), (#"{"message":"a\u001b[2J"}"#, #"a\u001b[2J"#), ("", #""""#), ("{}", #""{}""#),
      ("<html>", #""<html>""#), (#"{"message":7}"#, #""{\"message\":7}""#),
      (#"{"message":null}"#, #""{\"message\":null}""#),
      ("\"new_change\"", #""\"new_change\"""#), ("[\"new_change\"]", #""[\"new_change\"]""#),
      ("new_change", #""new_change""#),
    ])
  func other(body: String, text: String) {
    #expect(RealtimeMessage(bytes(body)) == .other(text))
  }

  @Test("A doorbell of many bytes is none")
  func large() {
    let body = #"{"message":"new_change","padding":"\#(String(repeating: "x", count: 70_000))"}"#
    guard case .other(let text) = RealtimeMessage(bytes(body)) else {
      Issue.record("70,000 bytes rang")
      return
    }
    #expect(text.count < 120)
  }
}
