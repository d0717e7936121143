import BoxClient
import Synchronization
import Testing

@testable import EventFeed

@Suite("Handing a page over", .timeLimit(.minutes(1)))
final class PageHandoverTests: Sendable {
  private let handover = PageHandover()
  private let gave = Mutex<[Int]>([])

  private static func page(of count: Int) throws -> FeedPage {
    let events = (0..<count).map { #"{"event_id":"\#($0)"}"# }.joined(separator: ",")
    return FeedPage(
      events: try Events(page: PaddedBytes(Array(#"{"entries":[\#(events)]}"#.utf8))), fresh: Array(0..<count),
      position: nil, createdAfter: nil, requestedPosition: nil, isCaughtUp: false)
  }

  /// Gives pages of these sizes one after the other, and ends.
  private func giving(_ sizes: [Int]) throws -> Task<Void, Never> {
    let pages = try sizes.map(Self.page(of:))
    return Task {
      for page in pages {
        await handover.give(page)
        gave.withLock { $0.append(page.fresh.count) }
      }
      handover.finish()
    }
  }

  private func settled() async {
    for _ in 0..<100 { await Task.yield() }
  }

  @Test("a page is given when it was taken; a small one when the next is asked for")
  func order() async throws {
    let driver = try giving([500, 1, 2, 400])
    await settled()
    #expect(gave.withLock { $0 } == [])
    #expect(try await handover.take()?.fresh.count == 500)
    while gave.withLock({ $0 }) != [500] { await Task.yield() }
    #expect(try await handover.take()?.fresh.count == 1)
    await settled()
    #expect(gave.withLock { $0 } == [500])
    #expect(try await handover.take()?.fresh.count == 2)
    await settled()
    #expect(gave.withLock { $0 } == [500, 1])
    #expect(try await handover.take()?.fresh.count == 400)
    await driver.value
    #expect(gave.withLock { $0 } == [500, 1, 2, 400])
    #expect(try await handover.take() == nil)
    #expect(try await handover.take() == nil)
  }

  @Test("who asks first waits for the page", arguments: [1, 500])
  func waiting(size: Int) async throws {
    let taker = Task { try await handover.take()?.fresh.count }
    await settled()
    let driver = try giving([size, 3])
    #expect(try await taker.value == size)
    #expect(try await handover.take()?.fresh.count == 3)
    #expect(try await handover.take() == nil)
    await driver.value
  }

  @Test("a page that lies there comes before the error that ended the feed")
  func ending() async throws {
    struct Failure: Error {}
    let page = try Self.page(of: 60)
    let driver = Task { await handover.give(page) }
    while !handover.holdsPage { await Task.yield() }
    handover.finish(throwing: Failure())
    handover.finish()
    #expect(try await handover.take()?.fresh.count == 60)
    await driver.value
    await #expect(throws: Failure.self) { try await handover.take() }
  }

  @Test("an error reaches who waits already")
  func failing() async throws {
    struct Failure: Error {}
    let taker = Task { try await handover.take() }
    await settled()
    handover.finish(throwing: Failure())
    await #expect(throws: Failure.self) { try await taker.value }
  }

  @Test("a driver that is cancelled waits no longer, before its page is taken or after", arguments: [false, true])
  func cancelling(isTaken: Bool) async throws {
    let page = try Self.page(of: 1)
    let driver = Task { await handover.give(page) }
    if isTaken { #expect(try await handover.take() != nil) }
    await settled()
    driver.cancel()
    await driver.value
    // And one that was cancelled earlier never begins to.
    await Task { await handover.give(page) }.value
  }
}
