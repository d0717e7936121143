import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import BoxClient

@Suite("Proxies and certificates", .timeLimit(.minutes(1)))
struct NetworkRouteTests {
  @Test("Calls go through the proxy, polls too, by a tunnel to the server that is meant")
  func proxy() async throws {
    let heads = Mutex<[String]>([])
    let proxy = try LoopbackServer { connection in
      func take() { heads.withLock { $0.append(String(connection.request().prefix { !$0.isNewline })) } }
      take()
      connection.send("HTTP/1.1 200 Connection established\r\n\r\n")
      take()
      connection.answer("through")
    }
    try await withTransport { transport in
      let route = NetworkRoute(proxy: try #require(Origin(proxy.url)))
      let through = try transport.through(route)
      #expect(try transport.through(route) === through)
      #expect(try transport.through(NetworkRoute()) === transport)
      for patience in [HTTPCall.Patience.ordinary, .whole(.seconds(30))] {
        let answer = try await through.send(HTTPCall(.GET, "http://box.invalid/2.0/events", patience: patience))
        #expect(String(decoding: answer.body.data, as: UTF8.self) == "through")
      }
    }
    #expect(proxy.connections == 2)
    let each = ["CONNECT box.invalid:80 HTTP/1.1", "GET /2.0/events HTTP/1.1"]
    #expect(heads.withLock { $0 } == each + each)
  }

  @Test("The proxy of an https call sees the host alone, and nothing of ours")
  func connect() async throws {
    let heads = Mutex<[String]>([])
    let proxy = try LoopbackServer { connection in
      heads.withLock { $0.append(connection.request()) }
      connection.answer("no", status: "403 Forbidden")
    }
    try await withTransport { transport in
      let through = try transport.through(NetworkRoute(proxy: try #require(Origin(proxy.url))))
      await #expect(throws: NetworkFault.self) {
        _ = try await through.send(
          HTTPCall(.GET, "https://box.invalid/2.0/events", headers: ["authorization": "Bearer s3cret"]))
      }
    }
    #expect(proxy.connections == 1)
    let head = try #require(heads.withLock { $0.first })
    #expect(head.hasPrefix("CONNECT box.invalid:443 HTTP/1.1"))
    #expect(!head.contains("s3cret"))
  }

  @Test("A server with a certificate of one's own is trusted where its file is named, and nowhere else")
  func certificates() async throws {
    let scratch = try Scratch()
    let server = try TLSServer(scratch)
    defer { server.stop() }
    try await withTransport { transport in
      let call = HTTPCall(.GET, "https://localhost:\(server.port)/")
      let error = await #expect(throws: NetworkFault.self) { _ = try await transport.send(call) }
      #expect(error?.kind == .unreachable)
      let trusting = try transport.through(NetworkRoute(caFile: server.certificate))
      #expect(try await trusting.send(call).status == 200)
    }
  }

  @Test("A file that is not there, or holds no certificate, is named")
  func badFiles() async throws {
    let scratch = try Scratch()
    let empty = try scratch.write("empty.pem", "nothing")
    try await withTransport { transport in
      for file in ["/no/such.pem", empty] {
        let error = #expect(throws: NetworkRouteError.self) { _ = try transport.through(NetworkRoute(caFile: file)) }
        #expect(error?.description.contains(file) == true)
      }
    }
  }
}

/// `openssl s_server` with a certificate of its own.
private final class TLSServer {
  let port: Int
  let certificate: String
  private let process = Process()

  init(_ scratch: Scratch) throws {
    let (key, certificate) = (scratch.file("key.pem"), scratch.file("certificate.pem"))
    try OpenSSL.run([
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ])
    self.certificate = certificate
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // It prints `ACCEPT 127.0.0.1:PORT` when it listens.
    var text = ""
    while !text.contains("\n") || !text.contains("ACCEPT") {
      let piece = output.fileHandleForReading.availableData
      guard !piece.isEmpty else { break }
      text += String(decoding: piece, as: UTF8.self)
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
    port = try #require(line?.split(separator: ":").last.flatMap { Int($0) })
  }

  func stop() { process.terminate() }
}
