import BoxClient
import LuaHost
import Synchronization

/// A test that a file registered.
struct RegisteredTest {
  let name: String
  let function: LuaFunction
  let file: String
  let line: Int
}

/// What a running test has done and seen so far. Belongs to its rule file.
final class TestHarness {
  let start: Timestamp
  let mocks: MockServices
  var log: [String] = []
  var alerts: [AlertRecord] = []
  var webhooks: [(url: String, body: String)] = []
  var commands: [Effect.Command] = []
  /// What handlers failed with, and whether the test has asked for it.
  var errors: [(failure: RuleFailure, isExpected: Bool)] = []
  private var seen = Set<EventDigest>()
  private var sent = 0
  /// With chaos: events that wait to be sent in another order, some of them twice.
  var held: [Events] = []
  var random: SplitMix64?

  init(start: Timestamp, mocks: MockServices, chaosSeed: UInt64?) {
    self.start = start
    self.mocks = mocks
    random = chaosSeed.map { SplitMix64(state: $0) }
  }

  /// Whether an event comes for the first time.
  func isFresh(_ event: Event) -> Bool { seen.insert(event.digest).inserted }

  /// A number for the ids of events that have none.
  func nextID() -> Int {
    sent += 1
    return sent
  }
}
