import Synchronization

/// The requests of an attached prompt that wait behind the one that is being answered: so many, and so many bytes.
final class WaitingRequests: Sendable {
  private let requests = AsyncStream<(request: AttachedRequest, bytes: Int)>.makeStream()
  private let waiting = Mutex((count: 0, bytes: 0))

  private static let most = 32
  /// One of the longest, or several that are shorter.
  private static let mostBytes = AttachedRequest.longest

  /// False where too much waits already.
  func add(_ request: AttachedRequest, bytes: Int) -> Bool {
    let hasRoom = waiting.withLock { waiting in
      guard waiting.count < Self.most, waiting.bytes + bytes <= Self.mostBytes else { return false }
      waiting.count += 1
      waiting.bytes += bytes
      return true
    }
    if hasRoom { requests.continuation.yield((request, bytes)) }
    return hasRoom
  }

  /// The next request, which no longer waits; nil at the end. For one task.
  func next() async -> AttachedRequest? {
    for await (request, bytes) in requests.stream {
      waiting.withLock { waiting in
        waiting.count -= 1
        waiting.bytes -= bytes
      }
      return request
    }
    return nil
  }

  func finish() { requests.continuation.finish() }
}
