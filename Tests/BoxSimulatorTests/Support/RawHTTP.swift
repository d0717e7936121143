import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// An answer as it came over the wire.
struct Reply: Sendable, Equatable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// Whether the body is as long as `content-length` promised.
  var isComplete: Bool { headers["content-length"] == String(body.count) }
}

/// A client that knows nothing but sockets: it sees every byte and every closed connection, and repeats nothing.
/// Each request has a connection and a thread of its own, so that no waiting one holds up the simulator's tasks.
struct RawHTTP: Sendable {
  var port: UInt16

  init(baseURL: String) throws {
    port = try #require(UInt16(baseURL.split(separator: ":").last ?? ""))
  }

  /// - Parameters:
  ///   - leaves: the client closes its side as soon as it has asked.
  ///   - keepsAlive: the client does not ask for the connection to be closed.
  /// - Returns: nil where the connection was closed without an answer.
  func send(
    _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil, leaves: Bool = false,
    keepsAlive: Bool = false
  ) async throws -> Reply? {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)"]
    if !keepsAlive { lines.append("Connection: close") }
    if let body { lines.append("Content-Length: \(body.utf8.count)") }
    lines += headers.map { "\($0.key): \($0.value)" }
    let request = lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    let port = port
    let bytes: [UInt8] = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try exchange(Array(request.utf8), port: port, leaves: leaves) })
      }
    }
    return bytes.isEmpty ? nil : try parse(bytes)
  }
}

struct SocketFailure: Error {
  var call: String
  var code = errno
}

private func exchange(_ request: [UInt8], port: UInt16, leaves: Bool) throws -> [UInt8] {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard descriptor >= 0 else { throw SocketFailure(call: "socket") }
  defer { close(descriptor) }
  // A test that waits in vain fails instead of hanging.
  var limit = timeval(tv_sec: 30, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  let connected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard connected == 0 else { throw SocketFailure(call: "connect") }
  var sent = 0
  while sent < request.count {
    let count = request[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { throw SocketFailure(call: "send") }
    sent += count
  }
  if leaves { shutdown(descriptor, Int32(SHUT_WR)) }
  var answer: [UInt8] = []
  var room = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = recv(descriptor, &room, room.count, 0)
    if count == 0 || (count < 0 && errno == ECONNRESET) { return answer }
    guard count > 0 else { throw SocketFailure(call: "recv") }
    answer += room[..<count]
  }
}

private func parse(_ bytes: [UInt8]) throws -> Reply {
  guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw SocketFailure(call: "parse") }
  let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
  let lines = head.components(separatedBy: "\r\n")
  let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) }
  var headers: [String: String] = [:]
  for line in lines.dropFirst() {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { continue }
    headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
  }
  return Reply(status: status ?? 0, headers: headers, body: Array(bytes[end.upperBound...]))
}
