import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A server that knows nothing but sockets, on a free port of this machine: what it sends is what the test wrote,
/// right or wrong. Each connection has a thread of its own.
final class LoopbackServer: Sendable {
  struct Failure: Error {
    var call: String
    var code = errno
  }

  private let listener: Int32
  let port: UInt16
  private let accepted = Atomic(0)

  /// Connections so far.
  var connections: Int { accepted.load(ordering: .acquiring) }
  var url: String { "http://127.0.0.1:\(port)" }

  /// - Parameter serve: talks to one connection, which is closed when it returns.
  init(_ serve: @escaping @Sendable (Connection) -> Void) throws {
    (listener, port) = try Self.boundSocket()
    guard listen(listener, 64) == 0 else { throw Failure(call: "listen") }
    Thread.detachNewThread { [listener, weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        self?.accepted.add(1, ordering: .releasing)
        Thread.detachNewThread {
          serve(Connection(descriptor))
          close(descriptor)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// A socket with a port of its own that does not listen: whoever connects to it is refused.
  static func boundSocket() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(call: "socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard named else { throw Failure(call: "bind") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  /// One connection, as the server sees it.
  struct Connection: Sendable {
    private let descriptor: Int32

    fileprivate init(_ descriptor: Int32) {
      self.descriptor = descriptor
      // A test that waits in vain fails instead of hanging.
      var limit = timeval(tv_sec: 30, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var yes: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The next request: its head, and as much body as `content-length` promises.
    func request() -> String {
      var bytes: [UInt8] = []
      while let next = byte() {
        bytes.append(next)
        guard bytes.suffix(4) == Array("\r\n\r\n".utf8)[...] else { continue }
        let head = String(decoding: bytes, as: UTF8.self)
        let announced = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let length = announced.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        for _ in 0..<length { byte().map { bytes.append($0) } }
        break
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    private func byte() -> UInt8? {
      var byte: UInt8 = 0
      return recv(descriptor, &byte, 1, 0) == 1 ? byte : nil
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }

    func answer(_ body: String, status: String = "200 OK", headers: String = "") {
      send("HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Whether the other side closes, before half a minute has passed.
    func waitsForEnd() -> Bool {
      var byte: UInt8 = 0
      while true {
        let count = recv(descriptor, &byte, 1, 0)
        if count == 0 { return true }
        if count < 0 { return errno == ECONNRESET }
      }
    }
  }
}
