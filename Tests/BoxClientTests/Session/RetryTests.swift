import BoxClient
import NIOHTTP1
import Testing

@Suite("Calls that fail", .timeLimit(.minutes(1)))
struct RetryTests {
  typealias Step = ScriptedTransport.Step

  static let server = RealtimeServer(url: "https://realtime.box.com/s?channel=c")
  static let expired = Step.answer(
    401, "",
    [
      "www-authenticate":
        #"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#
    ])

  @Test("A refused token is renewed and the call made once more")
  func renewal() async throws {
    let tokens = ScriptedTokens()
    let transport = ScriptedTransport(Self.expired, .page("e5"))
    #expect(try await transport.client(tokens: tokens).events.getEvents().entries.map(\.id) == ["e5"])
    #expect(transport.calls.map { $0.headers["authorization"] } == [["Bearer T-1"], ["Bearer T-2"]])
    #expect(tokens.count == 2)
  }

  @Test("A second refusal is the call's error")
  func secondRefusal() async throws {
    let transport = ScriptedTransport(Self.expired, Self.expired)
    let error = await #expect(throws: BoxAPIError.self) { try await transport.client().events.getEvents() }
    #expect(error?.status == 401)
    #expect(
      error?.description
        == "GET /2.0/events: Box answered 401, invalid_token: The access token provided is invalid.")
    #expect(transport.calls.count == 2)
  }

  @Test("A developer token that is refused cannot be renewed: the error says what to do")
  func developerToken() async throws {
    let transport = ScriptedTransport(Self.expired)
    let client = try transport.client(tokens: DeveloperToken(Secret("dev")))
    let error = await #expect(throws: AuthenticationFailed.self) { try await client.events.getEvents() }
    #expect(error?.refusal.status == 401)
    #expect(error?.advice.contains("60 minutes") == true)
    #expect(error?.description.hasPrefix("GET /2.0/events: Box answered 401, invalid_token") == true)
    #expect(error?.description.contains("developer console") == true)
  }

  @Test("A right that is missing is told from the header where the body is empty")
  func forbidden() async throws {
    let transport = ScriptedTransport(
      .answer(
        403, "",
        [
          "WWW-Authenticate":
            #"Bearer realm="Service", error="insufficient_scope", error_description="More rights are needed.""#
        ]))
    let error = await #expect(throws: BoxAPIError.self) { try await transport.client().events.getEvents() }
    #expect(error?.reason == "insufficient_scope: More rights are needed.")
    #expect(transport.calls.count == 1)
  }

  @Test("A refusal is not tried again", arguments: [400, 402, 403, 404, 405, 409, 412, 416])
  func refused(status: Int) async throws {
    let transport = ScriptedTransport(.answer(status, #"{"code":"bad_request","message":"Invalid stream position"}"#))
    let error = await #expect(throws: BoxAPIError.self) { try await transport.client().events.getEvents() }
    #expect(error?.status == status)
    #expect(error?.message == "Invalid stream position")
    #expect(transport.calls.count == 1)
  }

  static let passing: [(String, Step)] =
    [408, 429, 500, 502, 503, 504].map { ("status \($0)", .answer($0, "<html>busy</html>")) } + [
      ("retry-after 0", .answer(429, "", ["retry-after": "0"])),
      ("retry-after in fractions", .answer(503, "", ["Retry-After": "0.002"])),
      ("202 with retry-after", .answer(202, "", ["retry-after": "0.001"])),
      ("html", .answer(200, "<!DOCTYPE html><title>Sign in</title>")),
      ("nothing", .answer(200, "")),
      ("half a page", .answer(200, #"{"chunk_size":1,"entries":[{"event_id":"x"#)),
      ("a page without the events that it counts", .answer(200, #"{"chunk_size":3,"next_stream_position":"9"}"#)),
      ("a page of null", .answer(200, #"{"chunk_size":3,"entries":null,"next_stream_position":"9"}"#)),
      ("an error with 200", .answer(200, #"{"type":"error","status":500}"#)),
      ("no content", .answer(204, "")),
      ("timed out", .fault(NetworkFault(.timedOut, "slow"))),
      ("unreachable", .fault(NetworkFault(.unreachable, "away"))),
      ("broken", .fault(NetworkFault(.broken, "half"))),
    ]

  @Test("What passes is tried again until a page comes", arguments: passing.map(\.0))
  func passes(name: String) async throws {
    let step = try #require(Self.passing.first { $0.0 == name }?.1)
    let transport = ScriptedTransport(step, step, .page("e9"))
    #expect(try await transport.client(attempts: 3).events.getEvents().entries.map(\.id) == ["e9"])
    #expect(Set(transport.calls.map(\.url)) == ["https://api.box.com/2.0/events"])
    #expect(transport.calls.count == 3)
  }

  @Test("A page that lists fewer events than it counts is asked for once more, and then taken as it is")
  func shortPage() async throws {
    let short = Step.answer(200, #"{"chunk_size":2,"next_stream_position":"8","entries":[{"event_id":"e1"}]}"#)
    let whole = Step.answer(
      200, #"{"chunk_size":2,"next_stream_position":"9","entries":[{"event_id":"e1"},{"event_id":"e2"}]}"#)
    for (second, ids) in [(whole, ["e1", "e2"]), (short, ["e1"])] {
      let transport = ScriptedTransport(short, second)
      let events = try await transport.client().events.getEvents()
      #expect(events.entries.map(\.id) == ids && events.isShort == (ids.count == 1))
      #expect(transport.calls.count == 2)
    }
  }

  @Test("Where pages always list fewer events than they count, they are no longer asked for twice")
  func alwaysShort() async throws {
    let short = Step.answer(200, #"{"chunk_size":2,"next_stream_position":"8","entries":[]}"#)
    let transport = ScriptedTransport(short, short, short, short, short, short, short, short)
    let client = try transport.client()
    for calls in [2, 4, 6, 7, 8] {
      #expect(try await client.events.getEvents().isShort)
      #expect(transport.calls.count == calls)
    }
  }

  @Test("A short page is not taken where asking again fails")
  func shortPageAlone() async throws {
    let short = Step.answer(200, #"{"chunk_size":2,"next_stream_position":"8","entries":[{"event_id":"e1"}]}"#)
    let transport = ScriptedTransport(short, .answer(403))
    await #expect(throws: BoxAPIError.self) { try await transport.client().events.getEvents() }
  }

  @Test("What does not pass is the call's error after the last attempt", arguments: passing.map(\.0))
  func givesUp(name: String) async throws {
    let step = try #require(Self.passing.first { $0.0 == name }?.1)
    let transport = ScriptedTransport(step, step, step)
    let client = try transport.client(attempts: 3)
    let error = await #expect(throws: (any Error).self) { try await client.events.getEvents() }
    #expect(error is BoxAPIError || error is DamagedPage || error is NetworkFault)
    #expect(transport.calls.count == 3)
  }

  @Test("A damaged page is told as what came")
  func damaged() async throws {
    let transport = ScriptedTransport(.answer(200, "<html>Sign in</html>"))
    let error = await #expect(throws: DamagedPage.self) { try await transport.client(attempts: 1).events.getEvents() }
    #expect(error?.beginning == #""<html>Sign in</html>""#)
    let servers = ScriptedTransport(.answer(200, #"{"chunk_size":0}"#))
    let other = await #expect(throws: DamagedPage.self) {
      try await servers.client(attempts: 1).events.getEventsWithLongPolling()
    }
    #expect(other?.description.contains("list of real-time servers") == true)
  }

  @Test(
    "A wait that is longer than a call may take is in the error, and is not waited for", arguments: [202, 429, 503])
  func longWait(status: Int) async throws {
    let transport = ScriptedTransport(.answer(status, "", ["retry-after": "61"]))
    let error = await #expect(throws: BoxAPIError.self) { try await transport.client().events.getEvents() }
    #expect(error?.status == status)
    #expect(error?.retryAfter == .seconds(61))
    #expect(transport.calls.count == 1)
  }

  @Test("An accepted answer with a page is a page")
  func accepted() async throws {
    let transport = ScriptedTransport(.answer(202, #"{"chunk_size":0,"entries":[],"next_stream_position":4}"#))
    #expect(try await transport.client().events.getEvents().nextStreamPosition == StreamPosition("4"))
  }

  @Test("Refusal, fault and damage may follow each other")
  func mixed() async throws {
    let transport = ScriptedTransport(
      .answer(503), Self.expired, .fault(NetworkFault(.broken, "half")), .answer(200, "<html>"), .page("e2"))
    #expect(try await transport.client(attempts: 5).events.getEvents().entries.map(\.id) == ["e2"])
    #expect(
      transport.calls.map { $0.headers.first(name: "authorization") }
        == ["Bearer T-1", "Bearer T-1", "Bearer T-2", "Bearer T-2", "Bearer T-2"])
  }

  @Test("OPTIONS is tried again as GET is")
  func options() async throws {
    let transport = ScriptedTransport(
      .answer(500), .answer(200, "[]"), .answer(200, #"{"entries":[{"url":"https://realtime.box.com/s"}]}"#))
    let servers = try await transport.client().events.getEventsWithLongPolling()
    #expect(servers.first?.url == "https://realtime.box.com/s")
  }

  @Test("A poll is made once: what follows is the feed's affair")
  func poll() async throws {
    for step in [Step.answer(503), .fault(NetworkFault(.timedOut, "quiet")), .answer(429, "", ["retry-after": "0"])] {
      let transport = ScriptedTransport(step)
      let client = try transport.client()
      await #expect(throws: (any Error).self) { try await client.events.poll(Self.server, streamPosition: nil) }
      #expect(transport.calls.count == 1)
    }
  }

  @Test("A poll's refused token is renewed")
  func pollRenewal() async throws {
    let transport = ScriptedTransport(Self.expired, .answer(200, #"{"message":"new_change"}"#))
    #expect(try await transport.client().events.poll(Self.server, streamPosition: nil) == .newChange)
    #expect(transport.calls.map { $0.headers["authorization"] } == [["Bearer T-1"], ["Bearer T-2"]])
  }

  @Test("A server that was asked without the token cannot have refused it")
  func pollWithoutToken() async throws {
    let tokens = ScriptedTokens()
    let transport = ScriptedTransport(Self.expired)
    let server = RealtimeServer(url: "http://2.realtime.services.box.net/s?channel=c9")
    let client = try transport.client(tokens: tokens)
    let error = await #expect(throws: BoxAPIError.self) { try await client.events.poll(server, streamPosition: nil) }
    #expect(error?.status == 401)
    #expect(error?.description.contains("c9") == false)
    #expect(tokens.count == 1)
  }

  @Test("Where no token is to be had, no call is made")
  func noToken() async throws {
    let transport = ScriptedTransport()
    let client = try transport.client(tokens: ScriptedTokens { _ in throw TokenUnavailable("none here") })
    let error = await #expect(throws: TokenUnavailable.self) { try await client.events.getEvents() }
    #expect(error?.description == "none here")
    #expect(transport.calls.isEmpty)
  }
}
