import BoxClient
import Delivery
import Testing

@Suite("Redirects of rules' requests")
struct RedirectTests {
  private func send(_ request: GuardedRequest, allowed: [String]) async throws(GuardedHTTPError) -> GuardedAnswer {
    var request = request
    // The usual 30 s are the product's: a busy machine may need longer for a test.
    if request.timeout == .seconds(30) { request.timeout = .seconds(300) }
    let connections = PinnedConnections()
    guard let hosts = try? AllowedHosts(allowed) else { preconditionFailure("the test's patterns are wrong") }
    let client = GuardedHTTPClient(allowed: hosts, connections: connections)
    do throws(GuardedHTTPError) {
      let answer = try await client.send(request)
      await connections.shutdown()
      return answer
    } catch {
      await connections.shutdown()
      throw error
    }
  }

  private func kind(_ request: GuardedRequest, allowed: [String]) async -> GuardedHTTPError.Kind? {
    do throws(GuardedHTTPError) {
      _ = try await send(request, allowed: allowed)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test(
    "A place is found as RFC 3986 says",
    arguments: [
      ("/there", "/there"), ("there", "/a/there"), ("?x=1", "/a/b?x=1"), ("there?u=http://x/", "/a/there?u=http://x/"),
    ])
  func relative(_ location: String, _ path: String) async throws {
    let server = try await TestServer.start {
      $0.path == "/a/b" ? .status(302, [("Location", location)]) : .status(200)
    }
    #expect(try await send(GuardedRequest("GET", server.url("/a/b")), allowed: ["127.0.0.1"]).status == 200)
    #expect(server.requests.map(\.path) == ["/a/b", path])
    try await server.stop()
  }

  @Test(
    "What is sent again depends on the status",
    arguments: [(301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "body"), (308, "POST", "body")])
  func methods(_ status: Int, _ method: String, _ body: String) async throws {
    let server = try await TestServer.start { $0.path == "/a" ? .status(status, [("Location", "/b")]) : .status(200) }
    _ = try await send(GuardedRequest("POST", server.url("/a"), body: Array("body".utf8)), allowed: ["127.0.0.1"])
    #expect(server.requests.last?.method == method && server.requests.last?.text == body)
    try await server.stop()
  }

  @Test("Five are followed, a sixth is not")
  func circle() async throws {
    let server = try await TestServer.start { _ in .status(302, [("Location", "/again")]) }
    #expect(await kind(GuardedRequest("GET", server.url()), allowed: ["127.0.0.1"]) == .redirectRefused)
    #expect(server.requests.count == 6)
    try await server.stop()
  }

  @Test("Another host must be allowed too")
  func otherHost() async throws {
    let target = try await TestServer.start { _ in .status(200) }
    let port = target.port
    let server = try await TestServer.start { _ in .status(302, [("Location", "http://localhost:\(port)/")]) }
    #expect(await kind(GuardedRequest("GET", server.url()), allowed: ["127.0.0.1"]) == .hostNotAllowed)
    #expect(target.requests.isEmpty)
    try await server.stop()
    try await target.stop()
  }

  @Test("Neither passwords nor secrets go to another host, and the same one keeps them")
  func secretsStay() async throws {
    let target = try await TestServer.start { _ in .status(200) }
    let port = target.port
    let server = try await TestServer.start {
      switch $0.path {
      case "/a": .status(307, [("Location", "/b")])
      default: .status(307, [("Location", "http://localhost:\(port)/")])
      }
    }
    let secret = try BoundSecret(Secret("s3cret"))
    let headers: [GuardedRequest.Header] = [
      .init("Authorization", "Bearer t"), .init("Cookie", "c=d"), .init("X-Api-Key", secret),
      .init("Content-Type", "text/plain"), .init("Idempotency-Key", "k"),
    ]
    _ = try await send(
      GuardedRequest("POST", server.url("/a"), headers: headers, body: [1]), allowed: ["127.0.0.1", "localhost"])
    let stayed = try #require(server.requests.last)
    #expect(stayed.path == "/b" && stayed.header("x-api-key") == "s3cret")
    #expect(stayed.header("authorization") == "Bearer t")
    let went = try #require(target.requests.first)
    for name in ["authorization", "cookie", "x-api-key"] { #expect(went.header(name) == nil) }
    #expect(went.header("content-type") == "text/plain" && went.header("idempotency-key") == "k")
    try await server.stop()
    try await target.stop()
  }

  @Test("A redirect to what is no web address is refused", arguments: ["file:///etc/passwd", "http://a b/", "//"])
  func noURL(_ location: String) async throws {
    let server = try await TestServer.start { _ in .status(302, [("Location", location)]) }
    #expect(await kind(GuardedRequest("GET", server.url()), allowed: ["127.0.0.1"]) == .redirectRefused)
    try await server.stop()
  }
}
