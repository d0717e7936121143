/// Everything that happened in the simulated account: one history, kept as two logs, because the same occurrence has
/// another name, id and payload on user streams than on enterprise streams (PROTOCOL.md §4).
struct History: Sendable {
  var texts = TextStore()
  var userLog = EventLog()
  var enterpriseLog = EventLog()
  var types = NameTable()
  var users = NameTable()
  /// The largest key given out so far. It survives a reset, so that no position is ever used for two places.
  private(set) var lastKey: Int64 = 0
  /// Events in the longer of the two logs.
  var count: Int { max(userLog.count, enterpriseLog.count) }

  /// Raises the lowest key that is still to come, after other histories have used some.
  mutating func skipKeys(through key: Int64) {
    lastKey = max(lastKey, key)
  }

  func log(of type: StreamType) -> EventLog {
    type.isEnterprise ? enterpriseLog : userLog
  }

  /// Adds an event that was given as text; it appears on every stream as it stands.
  @discardableResult
  mutating func append(_ event: GivenEvent, at microseconds: Int64) -> EventRecord {
    let key = nextKey(at: microseconds)
    let record = EventRecord(
      key: key,
      createdAt: event.createdAt ?? key / 1_000_000,
      text: texts.append(event.text, lane: .user),
      type: types.number(of: event.type),
      actor: users.number(of: audience(of: event.type, actor: event.actor, owner: event.owner)),
      owner: users.number(of: event.owner),
      streams: EventTypes.onAllOnly.contains(event.type) ? [] : [.changes, .sync])
    userLog.append(record)
    enterpriseLog.append(record)
    return record
  }

  /// Adds an event that the generator made; it has a text for user streams, for enterprise streams, or for both.
  /// - Returns: the user streams' record, for which polls ring.
  @discardableResult
  mutating func append(_ occurrence: Occurrence, at microseconds: Int64) -> EventRecord? {
    let key = nextKey(at: microseconds)
    var userRecord: EventRecord?
    if let face = occurrence.user {
      let actor = audience(of: face.type, actor: occurrence.actor, owner: occurrence.owner)
      let record = EventRecord(
        key: key, createdAt: occurrence.createdAt, text: texts.append(face.text, lane: .user),
        type: types.number(of: face.type), actor: users.number(of: actor), owner: users.number(of: occurrence.owner),
        streams: occurrence.streams)
      userLog.append(record)
      userRecord = record
    }
    if let face = occurrence.enterprise {
      enterpriseLog.append(
        EventRecord(
          key: key, createdAt: occurrence.createdAt, text: texts.append(face.text, lane: .enterprise),
          type: types.number(of: face.type), actor: users.number(of: occurrence.actor),
          owner: users.number(of: occurrence.owner), streams: []))
    }
    return userRecord
  }

  /// The key for something that arrives at `microseconds`.
  private mutating func nextKey(at microseconds: Int64) -> Int64 {
    lastKey = max(lastKey + 1, microseconds)
    return lastKey
  }

  /// ITEM_DOWNLOAD and ITEM_PREVIEW go to the content's owner only (PROTOCOL.md §4, "Who gets what").
  private func audience(of type: String, actor: String?, owner: String?) -> String? {
    guard let owner, type == "ITEM_DOWNLOAD" || type == "ITEM_PREVIEW" else { return actor }
    return owner
  }
}
