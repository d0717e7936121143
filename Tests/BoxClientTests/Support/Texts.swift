import BoxClient
import Testing

/// The text as an answer's body.
func bytes(_ text: String) -> PaddedBytes { PaddedBytes(Array(text.utf8)) }

/// A page with these entries.
func page(_ entries: String...) throws -> Events {
  try Events(
    page: bytes(#"{"chunk_size":1,"next_stream_position":"71","entries":[\#(entries.joined(separator: ","))]}"#))
}

/// The one event of a page.
func event(_ text: String) throws -> Event {
  let events = try page(text)
  return try #require(events.entries.first)
}

/// The event's exact bytes.
func exactBytes(of event: Event) -> [UInt8] { event.withUnsafeText { Array($0) } }

/// The value at a path that is written correctly.
func value(_ path: String, of event: Event) throws -> JSONText? {
  event.value(at: try #require(FieldPath(path)))
}
