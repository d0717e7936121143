import Synchronization
import Testing

@testable import Watcher

@Suite("The gate between pages")
struct GateTests {
  private let gate = Gate()
  private let steps = Steps()

  private final class Steps: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ step: String) { list.withLock { $0.append(step) } }
  }

  @Test("the next page goes through while the one before it is committed; a reload waits for the commit")
  func alone() async {
    await gate.whileInside {
      gate.beginCommit()
      steps.add("page 1")
    }
    await gate.whileInside { steps.add("page 2") }
    let reload = Task { await gate.whileAlone { steps.add("reload") } }
    // Once the reload is inside, a page that comes now has to queue behind it.
    while !gate.isEntered { await Task.yield() }
    let page = Task { await gate.whileInside { steps.add("page 3") } }
    for _ in 0..<100 { await Task.yield() }
    steps.add("committed")
    gate.endCommit()
    await reload.value
    await page.value
    #expect(steps.all == ["page 1", "page 2", "committed", "reload", "page 3"])
  }

  @Test("whoever throws inside leaves the gate open")
  func throwing() async throws {
    struct Failure: Error {}
    await #expect(throws: Failure.self) { try await gate.whileAlone { throw Failure() } }
    await gate.whileInside { steps.add("in") }
    #expect(steps.all == ["in"])
  }
}
