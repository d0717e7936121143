/// An event that somebody handed in as text: what is served is this text, byte by byte, with what it left out put in
/// front.
struct GivenEvent {
  /// The text that is served.
  var text: [UInt8]
  var id: String
  var type: String
  /// Seconds since 1970; nil where `created_at` does not read as a time.
  var createdAt: Int64?
  /// `created_by.id`.
  var actor: String?
  /// `source.owned_by.id`.
  var owner: String?
}

/// What an event gets where it leaves something out.
struct EventDefaults {
  var id: String
  var type = "ITEM_UPLOAD"
  /// Seconds since 1970.
  var createdAt: Int64
  /// The JSON text of a user.
  var createdBy: [UInt8]
  var actor: String
}

extension MemberReader {
  /// Completes an event: missing `type`, `event_id`, `event_type`, `created_at` and `created_by` are put in front of
  /// its first member, the rest of the text stays as it is. An event with broken bytes is taken unread.
  func completed(_ event: ObjectText, defaults: EventDefaults) -> GivenEvent {
    var given = GivenEvent(
      text: event.text, id: scalar(event.value("event_id")) ?? "", type: scalar(event.value("event_type")) ?? "",
      createdAt: scalar(event.value("created_at")).flatMap { Timestamp.secondsSince1970($0) })
    given.actor = scalar(member("id", of: event.value("created_by")))
    given.owner = scalar(member("id", of: member("owned_by", of: event.value("source"))))
    guard !event.hasForeignBytes else { return given }
    var front = JSONWriter()
    func add(_ key: String, _ write: (inout JSONWriter) -> Void) {
      guard event.value(key) == nil else { return }
      if !front.bytes.isEmpty { front.raw(",") }
      front.string(key)
      front.raw(":")
      write(&front)
    }
    add("type") { $0.string("event") }
    add("event_id") {
      $0.string(defaults.id)
      given.id = defaults.id
    }
    add("event_type") {
      $0.string(defaults.type)
      given.type = defaults.type
    }
    add("created_at") {
      $0.quotedTimestamp(defaults.createdAt)
      given.createdAt = defaults.createdAt
    }
    add("created_by") {
      $0.raw(defaults.createdBy)
      given.actor = defaults.actor
    }
    guard !front.bytes.isEmpty else { return given }
    if !event.members.isEmpty { front.raw(",") }
    // An object's text begins with its brace.
    given.text.insert(contentsOf: front.bytes, at: 1)
    return given
  }
}
