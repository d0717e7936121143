import CEventPage

/// The text of one page with the index over it. Immutable: any number of threads may read it at once.
package final class EventPage: @unchecked Sendable {
  // Unchecked because of the C pointers. Neither the text nor the index behind them changes after `init`
  // (CEventPage.h), and both live as long as this object.
  private let bytes: PaddedBytes
  /// The `cep_page`, for the bridge to the scripts.
  package let page: OpaquePointer

  package let events: UnsafeBufferPointer<cep_event>
  private let fields: UnsafePointer<cep_field>?

  /// Reads a page, an array of events or a single event. Throws ``DamagedPage``.
  init(_ bytes: PaddedBytes, as input: cep_input) throws {
    var page: OpaquePointer?
    var offset = 0
    let status = PageParser.withParser { parser in
      cep_page_parse(parser, bytes.start, bytes.count, input, &page, &offset)
    }
    guard status == CEP_OK, let page else { throw DamagedPage(status, bytes: bytes, offset: offset) }
    self.bytes = bytes
    self.page = page
    events = UnsafeBufferPointer(start: cep_page_events(page), count: cep_page_event_count(page))
    fields = cep_page_fields(page)
  }

  deinit {
    cep_page_free(page)
  }

  /// Bytes in memory: text and index.
  var footprint: Int { bytes.capacity + cep_page_footprint(page) }

  var hasEntries: Bool { cep_page_has_entries(page) }
  var chunkSize: cep_span { cep_page_chunk_size(page) }
  var nextStreamPosition: cep_span { cep_page_next_stream_position(page) }

  func fields(of event: cep_event) -> UnsafeBufferPointer<cep_field> {
    guard let fields else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: fields + Int(event.first_field), count: Int(event.field_count))
  }

  /// The bytes of a part of the text; valid while the page lives.
  package func bytes(_ span: cep_span) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.start + Int(span.offset), count: Int(span.length))
  }

  func text(_ span: cep_span) -> String {
    String(decoding: bytes(span), as: UTF8.self)
  }

  /// A string's characters, from the span between its quotes; as they stand where they are no JSON string.
  package func unescaped(_ span: cep_span) -> String {
    let raw = bytes(span)
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    return JSONString.unescape(raw) ?? String(decoding: raw, as: UTF8.self)
  }
}
