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
  /// Each entry's `created_at`; nil where it has none.
  let times: [Timestamp?]

  init(events: Events, fresh: [Int], stream: String, isReplayed: Bool, types: TypeTable) {
    self.events = events
    self.fresh = fresh
    self.stream = stream
    self.isReplayed = isReplayed
    page = LuaPage(events.page.page, owner: events.page)
    self.types = types.numbers(of: events.page)
    times = events.page.events.map { EventTime.read(events.page.bytes($0.created_at)) }
  }
}
