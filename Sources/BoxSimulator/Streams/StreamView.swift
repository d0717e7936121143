/// Which events a request may see: a stream, seen by one user or by the account, narrowed by the filters that the
/// stream honours (PROTOCOL.md §3, "Parameters").
struct StreamView: Sendable, Equatable {
  var type: StreamType
  /// The user whose own stream is asked for (`As-User`, or a token made out for a user). Nil is the account that
  /// collaborates everywhere and sees every user event. Enterprise streams show all users' events to everyone.
  var user: UserNumber?
  /// `event_type`: only these. Nil is no filter.
  var eventTypes: Set<TypeNumber>?
  /// `created_after`, in seconds since 1970: only events at or after it.
  var createdAfter: Int64?
  /// `created_before`, in seconds since 1970: only events at or before it.
  var createdBefore: Int64?

  init(type: StreamType, user: UserNumber? = nil) {
    self.type = type
    self.user = type.isEnterprise ? nil : user
  }

  /// Whether the view is a whole log, so that a page of it is a piece of contiguous text.
  var isPlain: Bool {
    type != .changes && type != .sync && user == nil && eventTypes == nil && createdAfter == nil
      && createdBefore == nil
  }

  func includes(_ event: EventRecord) -> Bool {
    switch type {
    case .changes where !event.streams.contains(.changes): return false
    case .sync where !event.streams.contains(.sync): return false
    default: break
    }
    if let user, event.actor != user, event.owner != user { return false }
    if let eventTypes, !eventTypes.contains(event.type) { return false }
    if let createdAfter, event.createdAt < createdAfter { return false }
    if let createdBefore, event.createdAt > createdBefore { return false }
    return true
  }
}
