/// What GET /2.0/events asks for, once its parameters are read.
struct PageRequest: Sendable {
  var view: StreamView
  var position: StreamPosition
  /// At most 500; 0 asks for no events (PROTOCOL.md §3: legacy Python sends 0 with `now`).
  var limit: Int
  var shape = PageShape()
}

/// What the faults make of a page. The events behind the client's position stay what they are.
struct PageShape: Sendable, Equatable {
  /// How many events before the position are sent again.
  var repeated = 0
  /// A seed by which the page's events are shuffled.
  var shuffleSeed: UInt64?
  /// No events, and position 0.
  var isEmptyAtZero = false
}
