import BoxClient
import LuaHost

/// A page as the rule files see it. Made once, shared by all of their threads.
public final class EventPageView: Sendable {
  let events: Events
  let page: LuaPage
  /// The entries to handle, in Box's order.
  let fresh: [Int]
  let stream: String
  let isReplayed: Bool
  /// The number of each entry's type.
  let types: [Int]

  init(events: Events, fresh: [Int], stream: String, isReplayed: Bool, types: TypeTable) {
    self.events = events
    self.fresh = fresh
    self.stream = stream
    self.isReplayed = isReplayed
    page = LuaPage(events.page.page, owner: events.page)
    self.types = types.numbers(of: events.page)
  }

  /// An entry's `created_at`; nil where it has none. Read when it is asked for, which on the way of most events it is
  /// not.
  func time(of index: Int) -> Timestamp? { EventTime.read(events.page.bytes(events.page.events[index].created_at)) }
}
