import NIOHTTP1
import Testing

@testable import BoxClient

@Suite("The real-time servers")
struct RealtimeServersTests {
  private func servers(_ body: String) throws -> RealtimeServers {
    try RealtimeServers(answer: HTTPAnswer(status: 200, headers: [:], body: bytes(body)))
  }

  private func server(_ members: String) throws -> RealtimeServer {
    try #require(try servers(#"{"entries":[{"url":"https://realtime.box.com/s"\#(members)}]}"#).entries.first)
  }

  @Test(
    "Numbers may be numbers or strings",
    arguments: [
      #""ttl":"12","max_retries":"9","retry_timeout":611"#, #""ttl":12,"max_retries":9,"retry_timeout":611"#,
      #""ttl":12.0,"max_retries":"9.0","retry_timeout":"611""#,
    ])
  func numbers(members: String) throws {
    let servers = try servers(
      #"{"chunk_size":1,"entries":[{"type":"realtime_server","url":"http:\/\/2.realtime.services.box.net\/subscribe?channel=c8&stream_type=all",\#(members)}]}"#
    )
    #expect(servers.chunkSize == 1)
    #expect(
      servers.first
        == RealtimeServer(
          url: "http://2.realtime.services.box.net/subscribe?channel=c8&stream_type=all", timeToLive: .seconds(720),
          maxRetries: 9, retryTimeout: .seconds(611)))
  }

  @Test(
    "What is missing or makes no sense has Box's usual value",
    arguments: [
      "missing", "null", "-1", "\"-7\"", "1e300", "1e400", "\"1e400\"", "\"nan\"", "\"inf\"", "\"soon\"", "\"\"",
      "true", "[10]", "{}", "1000001",
    ])
  func absurd(value: String) throws {
    let members = value == "missing" ? "" : #","ttl":\#(value),"max_retries":\#(value),"retry_timeout":\#(value)"#
    let server = try server(members)
    #expect(server.timeToLive == .seconds(600))
    #expect(server.maxRetries == 10)
    #expect(server.retryTimeout == .seconds(610))
  }

  @Test("No retries is a number of retries; no time is none")
  func zero() throws {
    let server = try server(#","ttl":0,"max_retries":0,"retry_timeout":0"#)
    #expect(server.maxRetries == 0)
    #expect(server.timeToLive == .seconds(600))
    #expect(server.retryTimeout == .seconds(610))
  }

  @Test("A retry timeout below a second is a second, so that a silent server is not polled in a storm")
  func shortTimeout() throws {
    #expect(try server(#","retry_timeout":0.01"#).retryTimeout == .seconds(1))
  }

  @Test("One entry that is no server costs itself alone")
  func oddEntry() throws {
    let body = #"{"entries":[null,7,{"type":"realtime_server","url":"http://127.0.0.1/a"}]}"#
    let answer = HTTPAnswer(status: 200, headers: [:], body: PaddedBytes(body.utf8))
    #expect(try RealtimeServers(answer: answer).first?.url == "http://127.0.0.1/a")
  }

  @Test("Fractions are kept where they mean something")
  func fractions() throws {
    let server = try server(#","ttl":0.5,"max_retries":2.9,"retry_timeout":"2.5""#)
    #expect(server.timeToLive == .seconds(30))
    #expect(server.maxRetries == 2)
    #expect(server.retryTimeout == .milliseconds(2500))
  }

  @Test(
    "The number of servers is Box's word, or nothing",
    arguments: [("1", 1), ("\"2\"", 2), ("null", nil), ("1e300", nil), ("0.5", nil), ("\"x\"", nil)] as [(String, Int?)]
  )
  func chunkSize(value: String, size: Int?) throws {
    #expect(try servers(#"{"chunk_size":\#(value),"entries":[]}"#).chunkSize == size)
  }

  @Test("The first server of the right type is polled, else the first that has a URL")
  func first() throws {
    let other = #"{"type":"other","url":"https://a.box.com/"}"#
    let empty = #"{"type":"realtime_server"}"#
    let right = #"{"type":"realtime_server","url":"https://b.box.com/"}"#
    #expect(try servers("{\"entries\":[\(other),\(empty),\(right)]}").first?.url == "https://b.box.com/")
    #expect(try servers("{\"entries\":[\(empty),\(other)]}").first?.url == "https://a.box.com/")
    #expect(try servers("{\"entries\":[\(empty)]}").first == nil)
    #expect(try servers("{\"entries\":[]}").first == nil)
  }

  @Test(
    "An answer that names no servers says what came",
    arguments: [
      ("", "the answer is empty where a list of real-time servers was expected"),
      ("<html>", "the answer is no list of real-time servers (byte 0 of 6); it begins with \"<html>\""),
      ("{}", "the answer is no list of real-time servers (byte 0 of 2); it begins with \"{}\""),
      ("[]", "the answer is no list of real-time servers (byte 0 of 2); it begins with \"[]\""),
      (#"{"entries":null}"#, nil), (#"{"entries":{}}"#, nil), (#"{"entries":[{"url":"x"#, nil),
    ] as [(String, String?)])
  func damaged(body: String, description: String?) throws {
    let error = try #require(throws: DamagedPage.self) { try servers(body) }
    #expect(error.length == body.utf8.count)
    if let description { #expect(error.description == description) }
  }
}
