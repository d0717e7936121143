import BoxClient

/// `event.details` (CBoxLua, `push_details`): `additional_details`, decoded also where Box sent it as text.
enum EventDetails {
  /// - Parameter path: below the details; nil for all of them.
  static func value(at path: FieldPath?, in event: Event) -> JSONText? {
    guard let sent = event["additional_details"] else { return nil }
    guard let details = sent.kind == .string ? decoded(sent) : sent else { return nil }
    let value = path.map { details.value(at: $0) } ?? details
    guard let value, value.kind != .null, path != nil || [.object, .array].contains(value.kind) else { return nil }
    return value
  }

  private static func decoded(_ text: JSONText) -> JSONText? {
    guard let object = text.string else { return nil }
    // Any object can be read as an event.
    guard let event = (try? Events(event: PaddedBytes(object.utf8)))?.entries.first, event.flaw == nil else {
      return nil
    }
    return event.value
  }
}
