/// One thing that happened, in the words of the streams that show it.
struct Occurrence: Sendable {
  /// The event as one family of streams shows it.
  struct Face: Sendable {
    var type: String
    var text: [UInt8]
  }

  var user: Face?
  var enterprise: Face?
  /// Seconds since 1970.
  var createdAt: Int64
  var actor: String
  var owner: String?
  var streams: NarrowStreams
}
