/// Makes up what happens in the simulated enterprise, one event after the other. The same seed gives the same events,
/// apart from the times; names, places and owners hang together.
struct EventGenerator: Sendable {
  let seed: UInt64
  /// Part of every id. A later run of the simulator has another one, so that its live events are not taken for those
  /// of an earlier run; the backlog's ids depend on the seed alone.
  var salt: UInt64 = 0
  var random: RandomSource
  var world: World
  /// What is sure to happen next: the rest of a burst, the answer to an invitation.
  var pending: [Step] = []
  var nextPending = 0
  /// Rare kinds of events, shuffled; each comes once before any comes again.
  var rareBag: [RareEvent] = []
  /// Events made so far.
  var ordinal: UInt64 = 0
  /// The current event's times, in seconds since 1970.
  var createdAt: Int64 = 0
  var arrivedAt: Int64 = 0

  init(seed: UInt64) {
    self.seed = seed
    random = RandomSource(seed: seed)
    world = World(using: &random)
  }

  /// Who runs the enterprise, and whose token an ordinary bearer is.
  var administrator: Person { world.people[0] }

  /// The next event, which arrives at `microseconds` since 1970.
  mutating func next(at microseconds: Int64) -> Occurrence {
    if ordinal == 0 { world.shift(by: microseconds / 1_000_000) }
    arrivedAt = microseconds / 1_000_000
    // Box records an event a little after it happened, in the order in which things happened.
    createdAt = max(createdAt, arrivedAt - Int64(random.within(1...2)))
    if let step = takePending() { return occurrence(perform(step)) }
    return occurrence(perform(Activity.draw(&random)))
  }

  /// Microseconds until the next event: close on its predecessor's heels in a burst.
  mutating func gap(mean: Int64) -> Int64 {
    if nextPending < pending.count, pending[nextPending].isHasty { return Int64(random.within(300_000...3_000_000)) }
    return Int64(Double(mean) * (0.3 + 1.4 * random.unit()))
  }

  /// The answer of GET /2.0/users/me; nil is the account's own user.
  func userJSON(_ id: String?) -> String {
    let id = id ?? administrator.id
    let person =
      world.people.first { $0.id == id } ?? Person(id: id, name: "User \(id)", login: "\(id)@example.com", address: "")
    var writer = JSONWriter()
    writer.raw(String(person.mini.dropLast()))
    writer.raw(#","created_at":"2020-02-03T09:00:00-08:00","modified_at":"2026-01-05T09:00:00-08:00","#)
    writer.raw(#""language":"en","timezone":"America/Los_Angeles","space_amount":999999999999999,"#)
    writer.raw(#""space_used":1237009912,"max_upload_size":53687091200,"status":"active","job_title":"","#)
    writer.raw(#""phone":"","address":"","avatar_url":"https://example.app.box.com/api/avatar/large/"#)
    writer.raw(#"","notification_email":null}"#)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private mutating func takePending() -> Step? {
    guard nextPending < pending.count else { return nil }
    // An invitation's answer may wait a little; the steps of a burst do not.
    if !pending[nextPending].isHasty, random.chance(0.5) { return nil }
    let step = pending[nextPending]
    nextPending += 1
    if nextPending == pending.count {
      pending.removeAll(keepingCapacity: true)
      nextPending = 0
    }
    return step
  }
}
