/// How much is read at once, and how much may be held. Tests choose small ones, so that every border is met.
struct RecordingLimits: Sendable {
  /// Events of a page.
  var pageSize = 500
  /// Bytes of a page's text, unless one event alone is larger. 8 MiB hold fewer members than the page reader takes,
  /// so that events which read one by one always read together.
  var pageBytes = 8 << 20
  /// Bytes of a line; a longer one is skipped.
  var lineBytes = 64 << 20
  /// Bytes asked of the system at once, and looked at to tell what a file holds.
  var blockBytes = 1 << 20
  /// Bytes of a saved page, which must be in memory as a whole: what the page reader takes.
  var documentBytes = 1 << 30

  init(pageSize: Int = 500) {
    precondition(pageSize > 0, "a page of \(pageSize) events: at least one is needed")
    self.pageSize = pageSize
  }
}
