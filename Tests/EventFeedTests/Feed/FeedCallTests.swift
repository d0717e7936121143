import BoxClient
import Testing

@testable import EventFeed

@Suite("A feed's calls")
struct FeedCallTests {
  /// Reads a feed of a scripted Box until `count` polls were made. Every poll rings, every GET brings one event.
  private func polls(
    _ count: Int = 1, server: String, asUser: String? = nil, headers: [String: String] = [:],
    streamType: StreamType = .all
  ) async throws -> ScriptedTransport {
    let transport = ScriptedTransport { _, kind, number in
      switch kind {
      case .servers: ScriptedTransport.servers(server)
      case .events: ScriptedTransport.page(number.isMultiple(of: 2) ? [] : ["e\(number)"], next: "\(1000 + number / 2)")
      case .poll where number > count: try await ScriptedTransport.silence()
      case .poll: ScriptedTransport.message("new_change")
      }
    }
    var configuration = EventFeed.Configuration(streamType: streamType, start: .position(StreamPosition("999")))
    configuration.headers = headers
    configuration.timing = .brief
    let feed = EventFeed(client: try transport.client(asUser: asUser), configuration: configuration)
    // The last event came after the last poll that rang.
    _ = try await feed.read { page, delivery in page.isCaughtUp && delivery.ids.count > count }
    return transport
  }

  private func header(_ name: String, _ calls: [HTTPCall]) -> [String?] {
    calls.map { $0.headers.first(name: name) }
  }

  @Test(
    "keep the token from real-time servers on other hosts, unless they are Box's and the way is encrypted",
    .timeLimit(.minutes(1)),
    arguments: [
      ("http://2.realtime.services.box.net/subscribe?channel=c", nil),
      ("http://realtime.example.com/subscribe?channel=c", nil),
      ("https://realtime.example.com/subscribe?channel=c", nil),
      ("https://box.com.example.com/subscribe?channel=c", nil),
      ("https://notbox.net/subscribe?channel=c", nil),
      ("http://api.box.com/subscribe?channel=c", nil),
      ("https://2.realtime.services.box.net/subscribe?channel=c", "Bearer T"),
    ] as [(String, String?)])
  func token(server: String, expected: String?) async throws {
    let transport = try await polls(2, server: server, asUser: "42")
    let rung = transport.calls(.poll).prefix(2)
    #expect(rung.count == 2)
    #expect(header("authorization", Array(rung)).allSatisfy { $0 == expected })
    #expect(header("as-user", Array(rung)).allSatisfy { $0 == (expected == nil ? nil : "42") })
    #expect(header("authorization", transport.calls(.events)).allSatisfy { $0 == "Bearer T" })
    #expect(header("authorization", transport.calls(.servers)).allSatisfy { $0 == "Bearer T" })
  }

  @Test("carry the client's As-User on OPTIONS and on every GET", .timeLimit(.minutes(1)))
  func clientAsUser() async throws {
    let transport = try await polls(server: "https://realtime.example.com/s", asUser: "42")
    #expect(header("as-user", transport.calls(.servers)).allSatisfy { $0 == "42" })
    #expect(header("as-user", transport.calls(.events)).allSatisfy { $0 == "42" })
  }

  @Test("carry the configuration's headers on OPTIONS and on every GET", .timeLimit(.minutes(1)))
  func configuredHeaders() async throws {
    let transport = try await polls(
      server: "https://realtime.example.com/s", headers: ["As-User": "43", "X-Trace": "t"])
    for calls in [transport.calls(.servers), transport.calls(.events)] {
      #expect(!calls.isEmpty)
      #expect(header("as-user", calls).allSatisfy { $0 == "43" })
      #expect(header("x-trace", calls).allSatisfy { $0 == "t" })
    }
  }

  @Test(
    "ask OPTIONS for the channel of their own stream", .timeLimit(.minutes(1)),
    arguments: [StreamType.all, .changes, .sync])
  func streamType(streamType: StreamType) async throws {
    let transport = try await polls(server: "https://realtime.example.com/s", streamType: streamType)
    #expect(
      transport.calls(.servers).map(\.url) == ["https://api.box.com/2.0/events?stream_type=\(streamType.rawValue)"])
    #expect(transport.calls(.events).allSatisfy { $0.url.contains("stream_type=\(streamType.rawValue)&") })
  }

  @Test("poll the server's URL with the newest position behind its own query", .timeLimit(.minutes(1)))
  func pollURL() async throws {
    let transport = try await polls(2, server: "https://realtime.example.com/s?channel=c&stream_type=all")
    #expect(
      transport.calls(.poll).prefix(2).map(\.url) == [
        "https://realtime.example.com/s?channel=c&stream_type=all&stream_position=1001",
        "https://realtime.example.com/s?channel=c&stream_type=all&stream_position=1002",
      ])
  }

  @Test("allow a poll the server's retry timeout, and no other call", .timeLimit(.minutes(1)))
  func patience() async throws {
    let transport = try await polls(server: "https://realtime.example.com/s")
    #expect(transport.calls(.poll).allSatisfy { $0.patience == .whole(.seconds(610)) })
    #expect((transport.calls(.events) + transport.calls(.servers)).allSatisfy { $0.patience == .ordinary })
  }

  @Test("ask for as many events a page as is configured, 500 by default", .timeLimit(.minutes(1)))
  func limit() async throws {
    let transport = try await polls(server: "https://realtime.example.com/s")
    #expect(transport.calls(.events).allSatisfy { $0.url.contains("&limit=500") })
  }

  @Test(
    "send a position as Box wrote it", .timeLimit(.minutes(1)),
    arguments: [
      ("30400984754258517", "30400984754258517"),
      (#""1152922976252290886""#, "1152922976252290886"),
      (
        #""1451002006632;4bdb8971-089a-4886-905e-0fdf1cce03d8""#, "1451002006632%3B4bdb8971-089a-4886-905e-0fdf1cce03d8"
      ),
      (#""a+b&c=d""#, "a%2Bb%26c%3Dd"),
    ])
  func opaquePosition(json: String, query: String) async throws {
    let transport = ScriptedTransport { _, kind, number in
      guard kind == .events else { return ScriptedTransport.answer(404) }
      return ScriptedTransport.page(number == 1 ? ["e"] : [], next: json)
    }
    var configuration = EventFeed.Configuration(streamType: .adminLogsStreaming, start: .position(.beginning))
    configuration.timing = .brief
    let feed = EventFeed(client: try transport.client(), configuration: configuration)
    _ = try await feed.read(1)
    let calls = transport.calls(.events)
    #expect(calls[0].url.contains("&stream_position=0&"))
    #expect(calls[1].url.contains("&stream_position=\(query)&"))
  }

  @Test(
    "ask admin_logs for a time in the form that Box prefers, and for no position beside it", .timeLimit(.minutes(1)))
  func createdAfter() async throws {
    let transport = ScriptedTransport { _, _, number in
      ScriptedTransport.page(number == 1 ? ["e"] : [], next: number == 1 ? "8" : #""0""#)
    }
    let time = try #require(Timestamp("2013-04-17T11:12:36+02:00"))
    var configuration = EventFeed.Configuration(streamType: .adminLogs, start: .time(time))
    configuration.timing = .brief
    let delivery = try await EventFeed(client: try transport.client(), configuration: configuration).read(1)
    let calls = transport.calls(.events)
    #expect(calls[0].url.contains("created_after=2013-04-17T09%3A12%3A36-00%3A00"))
    #expect(!calls[0].url.contains("stream_position"))
    #expect(calls[1].url.contains("stream_position=8"))
    #expect(!calls[1].url.contains("created_after"))
    #expect(delivery.position == StreamPosition("8"))
  }
}
