import BoxClient
import Delivery
import Testing

@Suite("Requests on behalf of rules and sinks")
struct GuardedHTTPClientTests {
  /// A resolver that says what a test wants.
  struct Names: HostResolver {
    let table: [String: [String]]

    func addresses(of host: String) async throws -> [IPAddress] { (table[host] ?? []).compactMap { IPAddress($0) } }
  }

  private func send(
    _ request: GuardedRequest, allowed: [String], names: [String: [String]]? = nil
  ) async throws -> GuardedAnswer {
    var request = request
    // The usual 30 s are the product's: a busy machine may need longer for a test.
    if request.timeout == .seconds(30) { request.timeout = .seconds(300) }
    let connections = PinnedConnections()
    let allowed = try AllowedHosts(allowed)
    let client =
      if let names {
        GuardedHTTPClient(allowed: allowed, connections: connections, resolver: Names(table: names))
      } else {
        GuardedHTTPClient(allowed: allowed, connections: connections)
      }
    do {
      let answer = try await client.send(request)
      await connections.shutdown()
      return answer
    } catch {
      await connections.shutdown()
      throw error
    }
  }

  private func failure(
    _ request: GuardedRequest, allowed: [String], names: [String: [String]]? = nil
  ) async -> GuardedHTTPError? {
    do {
      _ = try await send(request, allowed: allowed, names: names)
      return nil
    } catch {
      return error as? GuardedHTTPError
    }
  }

  @Test("Method, path, headers and body arrive, and any status is an answer", arguments: [200, 204, 404, 500])
  func exchange(_ status: Int) async throws {
    let server = try await TestServer.start { _ in .status(status, [("X-Kind", "Test")], status == 204 ? "" : "said") }
    let request = GuardedRequest(
      "PUT", server.url("/a/b?c=d%20e#fragment"), headers: [.init("X-Name", "value")], body: Array("text".utf8))
    let answer = try await send(request, allowed: ["127.0.0.1"])
    #expect(answer.status == status && String(decoding: answer.body, as: UTF8.self) == (status == 204 ? "" : "said"))
    #expect(answer.headers.contains { $0.name == "x-kind" && $0.value == "Test" })
    let seen = try #require(server.requests.first)
    #expect(seen.method == "PUT" && seen.path == "/a/b?c=d%20e" && seen.text == "text")
    #expect(seen.header("x-name") == "value" && seen.header("host") == "127.0.0.1:\(server.port)")
    try await server.stop()
  }

  @Test("A host that is not listed is not asked")
  func notListed() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let error = await failure(GuardedRequest("GET", server.url()), allowed: ["hooks.example.com", "*.example"])
    #expect(error?.kind == .hostNotAllowed && error?.passes == false)
    #expect(error?.description.contains("add 127.0.0.1 under `allow: http`") == true)
    let port = await failure(GuardedRequest("GET", server.url()), allowed: ["127.0.0.1:\(server.port + 1)"])
    #expect(port?.kind == .hostNotAllowed)
    #expect(server.requests.isEmpty)
    try await server.stop()
  }

  @Test("A name that leads to this machine needs to be named itself")
  func loopbackName() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let url = server.url(host: "hook.internal.example")
    let names = ["hook.internal.example": ["127.0.0.1"]]
    let error = await failure(GuardedRequest("GET", url), allowed: ["*.internal.example"], names: names)
    #expect(error?.kind == .addressRefused)
    #expect(error?.description.contains("loopback address 127.0.0.1") == true)
    #expect(server.requests.isEmpty)
    let answer = try await send(GuardedRequest("GET", url), allowed: ["hook.internal.example"], names: names)
    #expect(answer.status == 200)
    #expect(server.requests.first?.header("host") == "hook.internal.example:\(server.port)")
    try await server.stop()
  }

  @Test("The system's own name for loopback is found, and allowed when it is named")
  func localhost() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let request = GuardedRequest("GET", server.url(host: "LocalHost"))
    #expect(try await send(request, allowed: ["localhost:\(server.port)"]).status == 200)
    try await server.stop()
  }

  @Test("One private address among public ones is one too many")
  func mixedAddresses() async throws {
    let error = await failure(
      GuardedRequest("GET", "http://mixed.example/"), allowed: ["*.example"],
      names: ["mixed.example": ["93.184.216.34", "10.0.0.1"]])
    #expect(error?.kind == .addressRefused)
  }

  @Test("The connection goes to the address that was checked, whatever the system would say of the name")
  func pinned() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    // The system knows no such name; only the checked address can lead here.
    let request = GuardedRequest("GET", server.url(host: "nowhere.invalid"))
    let answer = try await send(
      request, allowed: ["nowhere.invalid"], names: ["nowhere.invalid": ["127.0.0.1"]])
    #expect(answer.status == 200)
    try await server.stop()
  }

  @Test("The next address is tried where the first one refuses")
  func secondAddress() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let request = GuardedRequest("GET", server.url(host: "two.example"))
    let answer = try await send(request, allowed: ["two.example"], names: ["two.example": ["127.0.0.2", "127.0.0.1"]])
    #expect(answer.status == 200)
    try await server.stop()
  }

  @Test("IPv6 loopback by its address")
  func sixBytes() async throws {
    let server = try await TestServer.start(host: "::1") { _ in .status(200) }
    #expect(try await send(GuardedRequest("GET", server.url(host: "[::1]")), allowed: ["[0:0::1]"]).status == 200)
    try await server.stop()
  }

  @Test("A large answer is refused, announced or not")
  func largeAnswer() async throws {
    let server = try await TestServer.start { _ in
      TestServer.Answer(body: [UInt8](repeating: 0x61, count: GuardedHTTPClient.largestAnswer + 1))
    }
    let error = await failure(GuardedRequest("GET", server.url()), allowed: ["127.0.0.1"])
    #expect(error?.kind == .answerTooLarge && error?.description.hasSuffix("the answer exceeds 8 MiB") == true)
    try await server.stop()
  }

  @Test("A server that says nothing is given up")
  func silence() async throws {
    let server = try await TestServer.start { _ in nil }
    let request = GuardedRequest("GET", server.url(), timeout: .milliseconds(50))
    let error = await failure(request, allowed: ["127.0.0.1"])
    #expect(error?.kind == .timedOut && error?.passes == true)
    try await server.stop()
  }

  @Test("An answer whose body does not come to its end is given up")
  func stalledBody() async throws {
    let server = try await TestServer.start { _ in .status(200, [("Content-Length", "100")], "abc") }
    let request = GuardedRequest("GET", server.url(), timeout: .milliseconds(500))
    let error = await failure(request, allowed: ["127.0.0.1"])
    #expect(error?.kind == .timedOut && error?.passes == true)
    try await server.stop()
  }

  @Test("A resolver that says nothing is given up")
  func silentResolver() async throws {
    struct Silent: HostResolver {
      func addresses(of host: String) async throws -> [IPAddress] {
        try await Task.sleep(for: .seconds(3600))
        return []
      }
    }
    let client = GuardedHTTPClient(
      allowed: try AllowedHosts(["a.example"]), connections: PinnedConnections(), resolver: Silent())
    await #expect {
      try await client.send(GuardedRequest("GET", "http://a.example/", timeout: .milliseconds(20)))
    } throws: {
      ($0 as? GuardedHTTPError)?.kind == .timedOut
    }
  }

  @Test("Nobody listens: it may pass")
  func unreachable() async throws {
    let server = try await TestServer.start { _ in nil }
    let url = server.url()
    try await server.stop()
    let error = await failure(GuardedRequest("GET", url), allowed: ["127.0.0.1"])
    #expect(error?.kind == .unreachable && error?.passes == true)
  }

  @Test("Cancelling the task ends the request")
  func cancelled() async throws {
    let server = try await TestServer.start { _ in nil }
    let task = Task { await failure(GuardedRequest("GET", server.url()), allowed: ["127.0.0.1"]) }
    while server.requests.isEmpty { await Task.yield() }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    try await server.stop()
  }

  @Test(
    "A URL that could be read in two ways is none",
    arguments: [
      "ftp://a.example/", "http://user@a.example/", "http://a.example\\@b.example/", "http:///path", "a.example",
      "http://a.example/a b", "http://a.example/\r\nX: y", "http://a.example/é", "http://a.example:0/",
    ])
  func badURL(_ url: String) async throws {
    let error = await failure(GuardedRequest("GET", url), allowed: ["a.example", "b.example"])
    #expect(error?.kind == .badURL)
  }

  @Test(
    "A header that could become two is an error",
    arguments: [
      ("X-A", "b\r\nX-B: c"), ("X-A", "b\u{0}"), ("X-A\r\nX-B", "c"), ("X A", "b"), ("", "b"), ("X-A:", "b"),
      ("Content-Length", "3"), ("transfer-encoding", "chunked"), ("Host", "other"),
    ])
  func badHeader(_ name: String, _ value: String) async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let error = await failure(
      GuardedRequest("GET", server.url(), headers: [.init(name, value)]), allowed: ["127.0.0.1"])
    #expect(error?.kind == .badRequest && error?.passes == false)
    #expect(server.requests.isEmpty)
    try await server.stop()
  }

  @Test("A method is a word in capital letters", arguments: ["", "get", "GET /", "CONNECT", "G\r\n"])
  func badMethod(_ method: String) async throws {
    #expect(await failure(GuardedRequest(method, "http://127.0.0.1/"), allowed: ["127.0.0.1"])?.kind == .badRequest)
  }

  @Test("A secret goes where it may, and nowhere else")
  func boundSecret() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let elsewhere = try BoundSecret(Secret("s3cret"), hosts: ["siem.example"])
    let here = try BoundSecret(Secret("s3cret"), hosts: ["127.0.0.1"])
    let refused = await failure(
      GuardedRequest("GET", server.url(), headers: [.init("X-Key", elsewhere)]), allowed: ["127.0.0.1"])
    #expect(refused?.kind == .secretNotForHost && refused?.description.contains("s3cret") == false)
    #expect(server.requests.isEmpty)
    let request = GuardedRequest(
      "GET", server.url(), headers: [.init("Authorization", parts: [.text("Bearer "), .secret(here)])])
    _ = try await send(request, allowed: ["127.0.0.1"])
    #expect(server.requests.first?.header("authorization") == "Bearer s3cret")
    #expect("\(here)" == "***")
    try await server.stop()
  }
}
