import BoxSimulator
import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import BoxClient

@Suite("Signing in", .timeLimit(.minutes(1)))
struct SignInTests {
  private let redirect = "http://127.0.0.1:8734/callback"

  private func state(_ request: AuthorizationRequest) throws -> String {
    let query = try #require(request.url.split(separator: "?").last)
    return try #require(Query.decode(query)["state"])
  }

  @Test("The URL carries what Box's page asks for, and a state that nobody guesses")
  func url() throws {
    let request = AuthorizationRequest(clientID: "a b", redirectURI: redirect, page: "https://box.example/a?x=1")
    #expect(request.url.hasPrefix("https://box.example/a?x=1&response_type=code&client_id=a%20b&redirect_uri=http%3A"))
    let other = AuthorizationRequest(clientID: "a b", redirectURI: redirect)
    #expect(other.url.hasPrefix("https://account.box.com/api/oauth2/authorize?"))
    #expect(try state(request) != state(other))
    #expect(try state(request).count == 32)
  }

  @Test("The code is read from the whole URL, or from path and query, if the state is right")
  func code() throws {
    let request = AuthorizationRequest(clientID: "c", redirectURI: redirect)
    let state = try state(request)
    #expect(try request.code(in: "\(redirect)?code=a%2Fb&state=\(state)#x") == Secret("a/b"))
    #expect(try request.code(in: "/callback?state=\(state)&code=abc") == Secret("abc"))
    let other = state.hasSuffix("0") ? "\(state.dropLast())1" : "\(state.dropLast())0"
    for answer in [
      "/callback?code=abc", "/callback?code=abc&state=\(state)0", "/callback?code=abc&state=\(other)", "abc", "",
      "/callback?code=abc&state=",
    ] {
      #expect(throws: SignInError.wrongState) { try request.code(in: answer) }
    }
    #expect(throws: SignInError.noCode) { try request.code(in: "/callback?state=\(state)&code=") }
    #expect(throws: SignInError.refused("access_denied", "The user said no")) {
      try request.code(in: "/callback?state=\(state)&error=access_denied&error_description=The+user+said%20no")
    }
    // An error that somebody else made up is none of ours.
    #expect(throws: SignInError.wrongState) { try request.code(in: "/callback?error=access_denied") }
  }

  @Test(
    "Only loopback addresses over http can be listened on",
    arguments: [
      ("http://127.0.0.1:8734/callback", true), ("http://localhost:1/", true), ("http://[::1]:9/x", true),
      ("https://127.0.0.1:8734/callback", false), ("http://192.0.2.1/callback", false), ("http://example.com", false),
      ("http://127.example.com/callback", false),
      ("nonsense", false),
    ])
  func loopback(uri: String, isGood: Bool) {
    #expect(RedirectListener.canListen(on: uri) == isGood)
  }

  @Test("The listener passes on the request to the redirect URI that is an answer, and no other")
  func listener() async throws {
    let (socket, port) = try LoopbackServer.boundSocket()
    close(socket)
    let uri = "http://127.0.0.1:\(port)/callback"
    let request = AuthorizationRequest(clientID: "c", redirectURI: uri)
    let state = try state(request)
    let strays = Atomic(0)
    let listener = try await RedirectListener.listen(for: request) { strays.add(1, ordering: .relaxed) }
    await #expect(throws: SignInError.portInUse(Int(port))) {
      _ = try await RedirectListener.listen(for: request) {}
    }
    let transport = PooledTransport()
    let icon = try await transport.send(HTTPCall(.GET, "http://127.0.0.1:\(port)/favicon.ico?state=\(state)"))
    #expect(icon.status == 404)
    let posted = try await transport.send(HTTPCall(.POST, uri + "?state=\(state)"))
    #expect(posted.status == 404)
    #expect(strays.load(ordering: .relaxed) == 0)
    for query in ["", "?", "?code=c0de", "?state=&code=c0de", "?state=\(state)0", "?error=access_denied"] {
      let page = try await transport.send(HTTPCall(.GET, uri + query))
      #expect(page.status == 400)
      let text = String(decoding: page.body.data, as: UTF8.self)
      #expect(text.contains("it lacks the state, or a code"))
      #expect(!text.contains("c0de") && !text.contains(state))
    }
    let page = try await transport.send(HTTPCall(.GET, uri + "?state=\(state)&code=c0de"))
    #expect(page.status == 200)
    #expect(String(decoding: page.body.data, as: UTF8.self).contains("You can close this page"))
    #expect(try await listener.answer() == "/callback?state=\(state)&code=c0de")
    #expect(strays.load(ordering: .relaxed) == 6)
    await listener.close()

    let again = try await RedirectListener.listen(for: request) {}
    let other = try await transport.send(HTTPCall(.GET, uri + "?state=\(state)0&code=c0de"))
    #expect(other.status == 400)
    #expect(String(decoding: other.body.data, as: UTF8.self).contains("belongs to another sign-in"))
    let answer = try await again.answer()
    #expect(throws: SignInError.wrongState) { try request.code(in: answer) }
    await again.close()
    try await transport.shutdown()
  }

  @Test("A code is exchanged for tokens that are stored, once and within its time")
  func exchange() async throws {
    let scratch = try Scratch()
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 0
    configuration.app.clientSecret = "right"
    let simulator = try BoxSimulator(configuration)
    try await withSimulator(simulator) { transport, url in
      let file = CredentialFile(directory: scratch.path)
      func signIn(_ code: String, secret: String = "right") async throws {
        try await CodeExchange(clientID: "c", clientSecret: Secret(secret), apiURL: url, transport: transport)
          .signIn(Secret(code), as: "a", in: file)
      }
      await #expect(throws: BoxAPIError.self) { try await signIn("made up") }
      await #expect(throws: BoxAPIError.self) { try await signIn(simulator.issueCode(), secret: "wrong") }
      #expect(try file.credentials(of: "a") == nil)
      let code = simulator.issueCode()
      try await signIn(code)
      let stored = try #require(try file.credentials(of: "a"))
      #expect(stored.clientID == "c")
      #expect(stored.clientSecret == Secret("right"))
      #expect(stored.apiURL == url)
      #expect(try #require(stored.lifetime(at: WallClock.now)) > .seconds(3600))
      let error = await #expect(throws: BoxAPIError.self) { try await signIn(code) }
      #expect(error?.code == "invalid_grant")
      #expect(error?.description.contains(code) == false)
      #expect(try file.credentials(of: "a") == stored)
    }
  }
}
