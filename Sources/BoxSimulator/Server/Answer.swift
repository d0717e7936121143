import Hummingbird
import NIOCore

/// An HTTP answer before it is put on the wire.
struct Answer: Sendable {
  var status: HTTPResponse.Status
  var headers = HTTPFields()
  /// The body's pieces, in order.
  var pieces: [ByteBuffer] = []
  /// What becomes of the connection.
  var ending = Ending.keepAlive

  enum Ending: Sendable {
    case keepAlive
    /// The server closes the connection after the answer.
    case close
    /// The connection is closed after half of the body.
    case truncate
    /// The connection is closed before anything is sent: the responder's part, since the server always sends a head.
    case silence
  }

  /// The largest body, in bytes, that is copied together.
  private static let largestJoined = 16 << 10

  var length: Int { pieces.reduce(0) { $0 + $1.readableBytes } }

  static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Answer {
    .json(pieces: [ByteBuffer(bytes: bytes)], status: status)
  }

  static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Answer {
    .json(pieces: [ByteBuffer(string: text)], status: status)
  }

  static func json(pieces: [ByteBuffer], status: HTTPResponse.Status = .ok) -> Answer {
    var answer = Answer(status: status, pieces: pieces)
    answer.headers[.contentType] = "application/json"
    return answer
  }

  /// Nothing: the request gets no answer at all.
  static var silence: Answer { Answer(status: .internalServerError, ending: .silence) }
}

/// Thrown into the server where a connection is to be closed.
private struct ConnectionEnd: Error {}

extension Answer {
  private var joined: ByteBuffer { pieces.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) } }

  /// A small one leaves with its head, in one packet; a large one is not copied together.
  private var body: ResponseBody {
    switch pieces.count {
    case 0: ResponseBody()
    case 1: ResponseBody(byteBuffer: pieces[0])
    case _ where length <= Self.largestJoined: ResponseBody(byteBuffer: joined)
    default: ResponseBody(contentsOf: pieces)
    }
  }

  /// The answer as Hummingbird sends it.
  var response: Response {
    let pieces = pieces
    switch ending {
    case .keepAlive:
      return Response(status: status, headers: headers, body: body)
    case .close:
      var headers = headers
      headers[.connection] = "close"
      let body = ResponseBody(contentLength: length) { writer in
        try await writer.write(contentsOf: pieces)
        try await writer.finish(nil)
        throw ConnectionEnd()
      }
      return Response(status: status, headers: headers, body: body)
    case .truncate:
      var half = joined
      let part = half.readSlice(length: half.readableBytes / 2) ?? ByteBuffer()
      let body = ResponseBody(contentLength: length) { writer in
        try await writer.write(part)
        throw ConnectionEnd()
      }
      return Response(status: status, headers: headers, body: body)
    case .silence:
      return Response(status: status)
    }
  }
}

extension HTTPFields {
  /// Sets a header by its text; a text that is no header name sets nothing.
  mutating func set(_ name: String, _ value: String) {
    guard let name = Element.Name(name) else { return }
    self[name] = value
  }

  func text(_ name: String) -> String? {
    Element.Name(name).flatMap { self[$0] }
  }
}
