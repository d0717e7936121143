import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers an answer's body into one piece on the connection's event loop, so that the caller wakes once an answer
/// and not once for each piece that the socket delivers.
final class AnswerCollector: HTTPClientResponseDelegate {
  typealias Response = HTTPAnswer

  private struct State: ~Copyable {
    var head: HTTPResponseHead?
    var body = PaddedBytes.Builder()
  }

  private let state = Mutex(State())
  private let limit: Int

  /// - Parameter limit: the most bytes of body that are taken.
  init(limit: Int) {
    self.limit = limit
  }

  func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    guard announced <= limit else { return task.eventLoop.makeFailedFuture(tooLarge) }
    state.withLock { state in
      state.head = head
      // What a server announces is believed up to a page's usual size; beyond, memory grows with what comes.
      state.body = PaddedBytes.Builder(expecting: min(announced, 4 << 20))
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= limit else { return false }
      buffer.withUnsafeReadableBytes { state.body.append($0) }
      return true
    }
    return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(tooLarge)
  }

  func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer {
    try state.withLock { state in
      guard let head = state.head else { throw NetworkFault(.broken, "the connection ended without an answer") }
      var body = PaddedBytes.Builder()
      swap(&body, &state.body)
      return HTTPAnswer(status: Int(head.status.code), headers: head.headers, body: body.build())
    }
  }

  private var tooLarge: NetworkFault {
    NetworkFault(.tooLarge, "the answer exceeds \(limit >> 20) MiB")
  }
}
