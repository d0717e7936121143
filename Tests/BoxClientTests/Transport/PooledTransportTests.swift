import BoxClient
import NIOHTTP1
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("Calls over a real connection", .timeLimit(.minutes(1)))
struct PooledTransportTests {
  /// Runs `body` with a transport that is shut down whatever happens.
  private func withTransport<Result>(
    idleTimeout: Duration = .seconds(60), _ body: (PooledTransport) async throws -> Result
  ) async throws -> Result {
    let transport = PooledTransport(idleTimeout: idleTimeout)
    do {
      let result = try await body(transport)
      try await transport.shutdown()
      return result
    } catch {
      try await transport.shutdown()
      throw error
    }
  }

  /// The fault of one GET of the server.
  private func fault(
    of server: LoopbackServer, idleTimeout: Duration = .seconds(60), patience: HTTPCall.Patience = .ordinary
  ) async throws -> NetworkFault {
    try await withTransport(idleTimeout: idleTimeout) { transport in
      let fault = await #expect(throws: NetworkFault.self) {
        try await transport.send(HTTPCall(.GET, server.url + "/x", patience: patience))
      }
      return try #require(fault)
    }
  }

  @Test("A request arrives as it was made, and the answer comes back as it was sent")
  func exchange() async throws {
    let (requests, sink) = AsyncStream<String>.makeStream()
    let server = try LoopbackServer { connection in
      sink.yield(connection.request())
      connection.answer("réponse", status: "404 Not Found", headers: "X-One: 1\r\nx-one: 2\r\n")
    }
    let answer = try await withTransport { transport in
      try await transport.send(
        HTTPCall(
          .POST, server.url + "/2.0/events?a=1%2C2&b=%3B", headers: ["Authorization": "Bearer T", "as-user": "7"],
          body: Array("form=1&x=%2B".utf8)))
    }
    var arrived = requests.makeAsyncIterator()
    let request = try #require(await arrived.next()).split(separator: "\r\n").map { $0.lowercased() }
    #expect(request.first == "post /2.0/events?a=1%2c2&b=%3b http/1.1")
    #expect(request.contains("authorization: bearer t"))
    #expect(request.contains("as-user: 7"))
    #expect(request.contains("accept-encoding: gzip"))
    #expect(request.contains("content-length: 12"))
    #expect(request.last == "form=1&x=%2b")
    #expect(answer.status == 404)
    #expect(answer.headers["x-ONE"] == ["1", "2"])
    #expect(answer.body.text == "réponse")
  }

  @Test("A redirect is an answer: nobody is led anywhere")
  func redirect() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.answer("", status: "302 Found", headers: "location: http://127.0.0.1:1/elsewhere\r\n")
    }
    let answer = try await withTransport { try await $0.send(HTTPCall(.GET, server.url)) }
    #expect(answer.status == 302)
    #expect(answer.headers["location"] == ["http://127.0.0.1:1/elsewhere"])
    #expect(server.connections == 1)
  }

  @Test("A body that comes in pieces is put together", arguments: [1, 7, 4096])
  func pieces(size: Int) async throws {
    let body = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(body.count)\r\n\r\n")
      for start in stride(from: 0, to: body.count, by: size) {
        connection.send(Array(body[start..<min(start + size, body.count)]))
      }
    }
    let answer = try await withTransport { try await $0.send(HTTPCall(.GET, server.url)) }
    #expect(answer.body.withUnsafeBytes { $0.elementsEqual(body) })
  }

  @Test("A body in chunks is put together, a page of many megabytes too")
  func chunks() async throws {
    let piece = String(repeating: "0123456789abcdef", count: 65_536)
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
      for _ in 0..<6 { connection.send(String(piece.utf8.count, radix: 16) + "\r\n" + piece + "\r\n") }
      connection.send("0\r\n\r\n")
    }
    let answer = try await withTransport { try await $0.send(HTTPCall(.GET, server.url)) }
    #expect(answer.body.count == 6 << 20)
    #expect(answer.body.text.hasSuffix(piece))
  }

  @Test("A body that is compressed is decompressed, and a page is read from it")
  func gzip() async throws {
    let compressed: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x4A, 0xCE, 0x28, 0xCD, 0xCB, 0x8E, 0x2F,
      0xCE, 0xAC, 0x4A, 0x55, 0xB2, 0x32, 0xD0, 0x51, 0xCA, 0x4B, 0xAD, 0x28, 0x89, 0x2F, 0x2E, 0x29, 0x4A, 0x4D, 0xCC,
      0x8D, 0x2F, 0xC8, 0x2F, 0xCE, 0x2C, 0xC9, 0xCC, 0xCF, 0x53, 0xB2, 0x52, 0x32, 0x55, 0xD2, 0x51, 0x4A, 0xCD, 0x2B,
      0x29, 0xCA, 0x4C, 0x2D, 0x56, 0xB2, 0x8A, 0x8E, 0xAD, 0x05, 0x00, 0x23, 0x1E, 0x0E, 0x70, 0x38, 0x00, 0x00, 0x00,
    ]
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.send(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: \(compressed.count)\r\n\r\n")
      connection.send(compressed)
    }
    let answer = try await withTransport { try await $0.send(HTTPCall(.GET, server.url)) }
    #expect(answer.body.text == #"{"chunk_size":0,"next_stream_position":"5","entries":[]}"#)
    #expect(try Events(page: answer.body).nextStreamPosition == StreamPosition("5"))
  }

  static let halves: [(name: String, text: String)] = [
    ("fewer bytes than announced", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"chunk_size\":1"),
    ("no body at all", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"),
    ("half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\nabc"),
    ("no last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"),
    ("half a head", "HTTP/1.1 200 OK\r\ncontent-le"),
    ("nothing", ""),
    ("no HTTP", "220 mail.example ESMTP\r\n\r\n"),
    ("a broken compression", "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd"),
  ]

  @Test("Half an answer is a broken connection, never a short answer", arguments: halves.map(\.name))
  func half(name: String) async throws {
    let text = try #require(Self.halves.first { $0.name == name }?.text)
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.send(text)
    }
    let fault = try await fault(of: server)
    #expect(fault.kind == .broken)
    #expect(!fault.description.isEmpty)
    #expect(!fault.description.contains("\n"))
  }

  @Test("An answer that announces more than is taken is refused at its head")
  func tooLarge() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(PooledTransport.largestAnswer + 1)\r\n\r\nabc")
      _ = connection.waitsForEnd()
    }
    let fault = try await fault(of: server)
    #expect(fault.kind == .tooLarge)
    #expect(fault.description == "the answer exceeds 64 MiB")
  }

  @Test("A refused connection is told with the place and the reason")
  func refused() async throws {
    let (descriptor, port) = try LoopbackServer.boundSocket()
    defer { close(descriptor) }
    try await withTransport { transport in
      for patience in [HTTPCall.Patience.ordinary, .whole(.seconds(30))] {
        let fault = await #expect(throws: NetworkFault.self) {
          try await transport.send(HTTPCall(.GET, "http://127.0.0.1:\(port)/x", patience: patience))
        }
        #expect(fault?.kind == .unreachable)
        #expect(fault?.description == "cannot connect to 127.0.0.1:\(port): connection refused")
      }
    }
  }

  @Test("A server that speaks no TLS is told as such")
  func noTLS() async throws {
    let server = try LoopbackServer { connection in
      connection.answer("", status: "400 Bad Request")
      _ = connection.waitsForEnd()
    }
    try await withTransport { transport in
      let fault = await #expect(throws: NetworkFault.self) {
        try await transport.send(HTTPCall(.GET, "https://127.0.0.1:\(server.port)/x"))
      }
      #expect(fault?.kind == .unreachable)
      #expect(
        fault?.description == "no secure connection to 127.0.0.1:\(server.port): TLS says wrong version number")
    }
  }

  @Test("A long poll ends after its whole time, and its connection with it")
  func wholePatience() async throws {
    let (ended, sink) = AsyncStream<Bool>.makeStream()
    let server = try LoopbackServer { connection in
      _ = connection.request()
      sink.yield(connection.waitsForEnd())
    }
    let fault = try await fault(of: server, patience: .whole(.milliseconds(50)))
    #expect(fault.kind == .timedOut)
    #expect(fault.description == "no answer came in time")
    var closed = ended.makeAsyncIterator()
    #expect(await closed.next() == true)
  }

  @Test("The whole time counts though bytes keep coming")
  func trickle() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc")
      _ = connection.waitsForEnd()
    }
    #expect(try await fault(of: server, patience: .whole(.milliseconds(50))).kind == .timedOut)
  }

  @Test("An ordinary call ends where no byte comes")
  func idle() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.request()
      _ = connection.waitsForEnd()
    }
    let fault = try await fault(of: server, idleTimeout: .milliseconds(50))
    #expect(fault.kind == .timedOut)
    #expect(fault.description == "no byte came for as long as a call may wait")
  }

  @Test("A long poll may be silent for longer than an ordinary call")
  func silentPoll() async throws {
    let (polls, sink) = AsyncStream<LoopbackServer.Connection>.makeStream()
    let server = try LoopbackServer { connection in
      if connection.request().hasPrefix("GET /poll ") { sink.yield(connection) }
      _ = connection.waitsForEnd()
    }
    try await withTransport(idleTimeout: .milliseconds(50)) { transport in
      async let poll = transport.send(HTTPCall(.GET, server.url + "/poll", patience: .whole(.seconds(30))))
      var arrived = polls.makeAsyncIterator()
      let connection = try #require(await arrived.next())
      let fault = await #expect(throws: NetworkFault.self) {
        try await transport.send(HTTPCall(.GET, server.url + "/x"))
      }
      #expect(fault?.kind == .timedOut)
      connection.answer(#"{"message":"new_change"}"#)
      let answer = try await poll
      #expect(answer.body.text == #"{"message":"new_change"}"#)
    }
  }

  @Test("Cancelling the task closes the connection", arguments: [HTTPCall.Patience.ordinary, .whole(.seconds(600))])
  func cancellation(patience: HTTPCall.Patience) async throws {
    let (arrived, sink) = AsyncStream<Void>.makeStream()
    let (ended, end) = AsyncStream<Bool>.makeStream()
    let server = try LoopbackServer { connection in
      _ = connection.request()
      sink.yield()
      end.yield(connection.waitsForEnd())
    }
    try await withTransport { transport in
      let call = Task { try await transport.send(HTTPCall(.GET, server.url, patience: patience)).status }
      var arrival = arrived.makeAsyncIterator()
      await arrival.next()
      call.cancel()
      await #expect(throws: CancellationError.self) { try await call.value }
      var closed = ended.makeAsyncIterator()
      #expect(await closed.next() == true)
    }
  }

  @Test("A task that is cancelled already makes no connection")
  func cancelledBefore() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.answer("")
    }
    try await withTransport { transport in
      let gate = Gate()
      let call = Task {
        await gate.wait()
        return try await transport.send(HTTPCall(.GET, server.url)).status
      }
      call.cancel()
      gate.open()
      await #expect(throws: CancellationError.self) { try await call.value }
      let answer = try await transport.send(HTTPCall(.GET, server.url))
      #expect(answer.status == 200)
    }
    #expect(server.connections == 1)
  }

  @Test(
    "A URL that cannot be used is told as such", arguments: ["", "no url", "ftp://127.0.0.1/x", "http://", "http:///x"])
  func invalidURL(url: String) async throws {
    try await withTransport { transport in
      let fault = await #expect(throws: NetworkFault.self) { try await transport.send(HTTPCall(.GET, url)) }
      #expect(fault?.kind == .invalidURL)
    }
  }

  @Test("A connection that the server closed between two calls costs neither")
  func closedBetween() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.request()
      connection.answer("one", headers: "connection: close\r\n")
    }
    try await withTransport { transport in
      for _ in 0..<5 {
        let answer = try await transport.send(HTTPCall(.GET, server.url))
        #expect(answer.body.text == "one")
      }
    }
    #expect(server.connections == 5)
  }

  @Test("A connection is used again")
  func keepAlive() async throws {
    let server = try LoopbackServer { connection in
      for number in 1...5 where !connection.request().isEmpty { connection.answer("\(number)") }
    }
    let bodies = try await withTransport { transport in
      var bodies: [String] = []
      for _ in 0..<5 { bodies.append(try await transport.send(HTTPCall(.GET, server.url)).body.text) }
      return bodies
    }
    #expect(bodies == ["1", "2", "3", "4", "5"])
    #expect(server.connections == 1)
  }

  @Test("A client reads a page over a connection and tries again after half of one")
  func client() async throws {
    let halves = Mutex(1)
    let server = try LoopbackServer { connection in
      let page = #"{"chunk_size":0,"entries":[],"next_stream_position":30400984754258519}"#
      if connection.request().contains("/oauth2/token") {
        connection.answer(#"{"access_token":"AT9","expires_in":3600}"#, headers: "connection: close\r\n")
      } else if halves.withLock({ left in
        left -= 1
        return left >= 0
      }) {
        connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(page.utf8.count)\r\n\r\n" + page.dropLast(9))
      } else {
        connection.answer(page)
      }
    }
    try await withTransport { transport in
      let budget = CallBudget()
      let credentials = ClientCredentials(
        clientID: "i", clientSecret: Secret("s"), subject: .user("7"),
        endpoint: TokenEndpoint(apiURL: server.url, transport: transport, budget: budget))
      let client = try BoxClient(
        apiURL: server.url, tokens: TokenKeeper(credentials), transport: transport, budget: budget,
        limits: .brief(attempts: 2))
      let events = try await client.events.getEvents(queryParams: .init(streamPosition: .now))
      #expect(events.nextStreamPosition == StreamPosition("30400984754258519"))
      #expect(budget.usage.calls == 3)
    }
  }
}
