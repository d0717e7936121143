/// A user's number in a `NameTable`.
typealias UserNumber = NameTable.Number
/// An event type's number in a `NameTable`.
typealias TypeNumber = NameTable.Number

/// What a log knows of one event beside its text.
struct EventRecord: Sendable {
  /// Microseconds since 1970 at which the event arrived; strictly increasing within a log.
  var key: Int64
  /// `created_at` in seconds since 1970; the time of arrival where the event's own does not read as a time.
  var createdAt: Int64
  var text: TextLocation
  var type: TypeNumber
  /// Who did it. For what only the content's owner is told of, the owner.
  var actor: UserNumber
  /// Whose content it concerns; `NameTable.none` where there is none.
  var owner: UserNumber
  var streams: NarrowStreams
}

/// The user streams, beside `all`, that show an event.
struct NarrowStreams: OptionSet, Sendable {
  let rawValue: UInt8

  static let changes = NarrowStreams(rawValue: 1)
  static let sync = NarrowStreams(rawValue: 2)
}
