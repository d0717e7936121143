import Delivery
import Synchronization
import Testing

@Suite("A sink that several queues share", .timeLimit(.minutes(1)))
struct LimitedSinkTests {
  @Test("has no more under way than it may, and makes all of it")
  func limit() async {
    let counts = Mutex((now: 0, most: 0, done: 0))
    let sink = LimitedSink(
      TestSink { _ in
        counts.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        for _ in 0..<20 { await Task.yield() }
        counts.withLock {
          $0.now -= 1
          $0.done += 1
        }
        return SinkAnswer([.delivered])
      }, limit: 3)
    await withTaskGroup(of: Void.self) { group in
      for id in Int64(1)...30 { group.addTask { _ = await sink.deliver([item(id)]) } }
    }
    #expect(counts.withLock { $0.most } <= 3 && counts.withLock { $0.done } == 30)
  }

  @Test("lets go of what is cancelled while it waits, and of its place where it does not")
  func cancelled() async {
    let inner = TestSink { _ in
      while !Task.isCancelled { await Task.yield() }
      return SinkAnswer([.cancelled])
    }
    let sink = LimitedSink(inner, limit: 1)
    let first = Task { await sink.deliver([item(1)]) }
    while inner.delivered.isEmpty { await Task.yield() }
    let second = Task { await sink.deliver([item(2), item(3)]) }
    let early = Task { await sink.deliver([item(4)]) }
    early.cancel()
    #expect(await early.value.results == [.cancelled])
    second.cancel()
    #expect(await second.value.results == [.cancelled, .cancelled])
    #expect(inner.delivered == [[1]])
    first.cancel()
    _ = await first.value
    let third = Task { await sink.deliver([item(5)]) }
    while inner.delivered.count < 2 { await Task.yield() }
    third.cancel()
    _ = await third.value
    #expect(inner.delivered == [[1], [5]])
  }
}
