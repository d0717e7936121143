import Testing

@testable import BoxClient
@testable import EventFeed

@Suite("A failed call")
struct FeedFailureTests {
  private static let position = StreamPosition("7")
  private static let calls: [FeedFailure.Call] = [.fetch(position), .fetch(nil), .servers, .poll]
  private static let apiCalls: [FeedFailure.Call] = [.fetch(position), .fetch(nil), .servers]

  private func refusal(
    _ status: Int, retryAfter: String? = nil, body: String = "", call: String = "GET /2.0/events"
  ) -> BoxAPIError {
    BoxAPIError(
      HTTPAnswer(
        status: status, headers: retryAfter.map { ["Retry-After": $0] } ?? [:], body: PaddedBytes(Array(body.utf8))),
      to: call)
  }

  private func end(by error: any Error, in call: FeedFailure.Call, hasFetched: Bool = false) -> FeedStop? {
    guard case .final(let stop) = FeedFailure(error, in: call, hasFetched: hasFetched) else { return nil }
    return stop
  }

  /// Nil where the failure does not pass; the inner value is what Box asked to wait.
  private func wait(_ error: any Error, in call: FeedFailure.Call, hasFetched: Bool = false) -> Duration?? {
    guard case .passing(let retryAfter) = FeedFailure(error, in: call, hasFetched: hasFetched) else { return .none }
    return .some(retryAfter)
  }

  @Test(
    "with a status of a passing kind is waited out, on every call",
    arguments: [202, 408, 425, 429, 500, 502, 503, 504, 507])
  func passingStatus(status: Int) {
    for call in Self.calls {
      #expect(wait(refusal(status), in: call) == .some(nil))
      #expect(wait(refusal(status, retryAfter: "17"), in: call) == .some(.seconds(17)))
    }
  }

  @Test("with 400 or 410 on a position says which position Box does not know", arguments: [400, 410])
  func refusedPosition(status: Int) throws {
    let body = #"{"type":"error","status":400,"code":"bad_request","message":"Invalid stream position"}"#
    let stop = try #require(end(by: refusal(status, body: body), in: .fetch(Self.position)))
    #expect(stop.reason == .positionRefused)
    #expect(stop.position == Self.position)
    #expect(stop.description.contains("Invalid stream position"))
  }

  @Test("with 400 where no position was sent is a refusal of the call")
  func badRequest() {
    #expect(end(by: refusal(400), in: .fetch(nil))?.reason == .refused)
    #expect(end(by: refusal(400), in: .servers)?.reason == .refused)
  }

  @Test("with 401 means the credentials, with 403 a right")
  func unauthorizedAndForbidden() {
    for call in Self.apiCalls {
      #expect(end(by: refusal(401), in: call)?.reason == .unauthorized)
      #expect(end(by: refusal(403), in: call)?.reason == .forbidden)
    }
  }

  @Test("of a kind that Box does not know ends the feed, except for real-time servers", arguments: [404, 405])
  func unknownCalls(status: Int) {
    for call in [Self.calls[0], Self.calls[1]] { #expect(end(by: refusal(status), in: call)?.reason == .refused) }
    #expect(wait(refusal(status), in: .servers) == .some(nil))
  }

  @Test("of a kind that Box knew before is waited out", arguments: [404, 405])
  func lostCalls(status: Int) {
    for call in Self.apiCalls { #expect(wait(refusal(status), in: call, hasFetched: true) == .some(nil)) }
    #expect(end(by: refusal(400), in: Self.calls[0], hasFetched: true)?.reason == .positionRefused)
  }

  @Test("with a refusal that nothing is known of is waited out", arguments: [402, 409, 412, 418])
  func otherRefusals(status: Int) {
    for call in Self.apiCalls { #expect(wait(refusal(status), in: call) == .some(nil)) }
    #expect(wait(refusal(status, retryAfter: "7"), in: .servers) == .some(.seconds(7)))
  }

  @Test("at the token endpoint means the credentials, unless it passes", arguments: [400, 401, 403])
  func tokenEndpoint(status: Int) {
    let error = refusal(status, body: #"{"error":"invalid_grant"}"#, call: "POST /oauth2/token")
    for call in Self.apiCalls { #expect(end(by: error, in: call)?.reason == .unauthorized) }
    #expect(wait(refusal(503, retryAfter: "3", call: "POST /oauth2/token"), in: .servers) == .some(.seconds(3)))
  }

  @Test("for want of another token means the credentials")
  func noToken() {
    let failed = AuthenticationFailed(refusal: refusal(401), advice: "Make a new token")
    let unavailable = TokenUnavailable("no token")
    for call in Self.apiCalls {
      #expect(end(by: failed, in: call)?.reason == .unauthorized)
      #expect(end(by: failed, in: call)?.description.contains("Make a new token") == true)
      #expect(end(by: unavailable, in: call)?.reason == .unauthorized)
    }
  }

  @Test(
    "of the real-time server never ends the feed: OPTIONS names another one", arguments: [400, 401, 403, 404, 405, 410])
  func pollRefused(status: Int) {
    #expect(wait(refusal(status), in: .poll) == .some(nil))
    #expect(wait(refusal(status, retryAfter: "5"), in: .poll) == .some(.seconds(5)))
  }

  @Test("of the real-time server does not end the feed for want of another token either")
  func pollUnauthorized() {
    let refused = refusal(401, call: "GET of the real-time server")
    #expect(wait(AuthenticationFailed(refusal: refused, advice: ""), in: .poll) == .some(nil))
    #expect(wait(TokenUnavailable("no token"), in: .poll) == .some(nil))
  }

  @Test("on the network passes", arguments: [NetworkFault.Kind.timedOut, .unreachable, .broken, .tooLarge])
  func network(kind: NetworkFault.Kind) {
    for call in Self.calls { #expect(wait(NetworkFault(kind, "no"), in: call) == .some(nil)) }
  }

  @Test("for a URL that cannot be used ends the feed, but not where the URL is the real-time server's")
  func invalidURL() {
    let fault = NetworkFault(.invalidURL, "no URL")
    for call in Self.apiCalls { #expect(end(by: fault, in: call)?.reason == .refused) }
    #expect(wait(fault, in: .poll) == .some(nil))
  }

  @Test("for an answer that is no page passes")
  func damagedPage() throws {
    let damage = try #require(throws: DamagedPage.self) {
      try Events(page: PaddedBytes(Array("<html></html>".utf8)))
    }
    for call in Self.calls { #expect(wait(damage, in: call) == .some(nil)) }
  }

  @Test("for a reason that nobody foresaw is waited out")
  func unknownError() {
    struct Surprise: Error {}
    for call in Self.calls { #expect(wait(Surprise(), in: call) == .some(nil)) }
  }
}
