import Glibc

/// The least that reads pages over HTTP: one connection, one buffer, no parsing beyond the two numbers that lead to the
/// next page. What a client costs is measured against it.
final class BareSocket {
  private let descriptor: CInt
  private var buffer = [UInt8](repeating: 0, count: 8 << 20)

  struct Failure: Error {
    let what: String
  }

  /// - Parameter address: `http://127.0.0.1:PORT`.
  init(_ address: String) throws {
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw Failure(what: "no port in \(address)")
    }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(what: "cannot connect to \(address)") }
  }

  deinit {
    close(descriptor)
  }

  /// Reads one page and says how many events it holds and where the next one begins.
  func page(from position: String) throws -> (count: Int, next: String) {
    let request =
      "GET /2.0/events?stream_position=\(position)&limit=500 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n\r\n"
    let bytes = Array(request.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure(what: "the request was cut") }
    var filled = 0
    var end: Int?
    while end.map({ filled < $0 }) ?? true {
      let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
      guard got > 0 else { throw Failure(what: "the connection ended") }
      filled += got
      if end == nil, let head = text(until: "\r\n\r\n", of: filled) {
        guard let length = number(after: "content-length: ", in: head.lowercased()) else {
          throw Failure(what: "no content-length")
        }
        end = head.utf8.count + 4 + length
      }
    }
    let beginning = String(decoding: buffer[..<min(filled, 1024)], as: UTF8.self)
    guard let count = number(after: "\"chunk_size\":", in: beginning) else { throw Failure(what: "no chunk_size") }
    let tail = String(decoding: buffer[max(0, filled - 256)..<filled], as: UTF8.self)
    let mark = "\"next_stream_position\":"
    guard let next = number(after: mark, in: beginning) ?? number(after: mark, in: tail) else {
      throw Failure(what: "no next_stream_position")
    }
    return (count, String(next))
  }

  private func text(until mark: String, of filled: Int) -> String? {
    let head = String(decoding: buffer[..<min(filled, 4096)], as: UTF8.self)
    return head.firstRange(of: mark).map { String(head[..<$0.lowerBound]) }
  }

  private func number(after mark: String, in text: String) -> Int? {
    text.firstRange(of: mark).flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
  }
}
