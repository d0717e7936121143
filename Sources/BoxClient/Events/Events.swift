import CEventPage

/// One page of events: the answer of GET /events (PROTOCOL.md, section 3 "Response").
public struct Events: Sendable {
  package let page: EventPage
  /// Box's time when it answered: the header `Date`. Nil for a page that no server sent.
  public private(set) var servedAt: Timestamp?

  /// The number of events as Box counts them, repetitions included. Says nothing about the end of the stream.
  public var chunkSize: Int? {
    member(page.chunkSize)?.identifier.flatMap { Int($0) }
  }

  /// Where the stream goes on; nil where Box sent none.
  public var nextStreamPosition: StreamPosition? {
    member(page.nextStreamPosition)?.identifier.map(StreamPosition.init)
  }

  /// Where the stream goes on, for whoever keeps the position; nil too where the page says nothing of its events: its
  /// position may lie behind some.
  ///
  /// - Parameter asked: where the page was asked to begin. Before the answer to `now` nothing can be left out.
  public func positionToKeep(asked: StreamPosition?) -> StreamPosition? {
    page.hasEntries || chunkSize == 0 || asked == .now ? nextStreamPosition : nil
  }

  /// Whether it lists fewer events than Box counts in it.
  public var isShort: Bool { chunkSize.map { $0 > entries.count } ?? false }

  /// The events in Box's order.
  public var entries: Entries { Entries(page: page) }

  /// The digests of these entries as a row that can be stored; `EventDigest.unpacked` reads it.
  public func packedDigests(of indices: [Int]) -> [UInt8] {
    EventDigest.packed(indices.lazy.map { entries[$0].digest })
  }

  /// Bytes that the page holds in memory.
  public var footprint: Int { page.footprint }

  private func member(_ span: cep_span) -> JSONText? {
    span.length == 0 ? nil : JSONText(page: page, span: span)
  }

  /// Reads the answer of GET /events. Throws ``DamagedPage``.
  init(answer: HTTPAnswer) throws {
    try self.init(page: answer.body)
    if let chunkSize, chunkSize > 0, !page.hasEntries { throw DamagedPage(without: chunkSize, bytes: answer.body) }
    servedAt = answer.headers.first(name: "date").flatMap(HTTPDate.parse).map { Timestamp(seconds: $0) }
  }

  /// Reads a page's text. Throws ``DamagedPage``.
  public init(page bytes: PaddedBytes) throws {
    page = try EventPage(bytes, as: CEP_INPUT_PAGE)
    // An object with none of the members is something else that was answered with 200.
    if !page.hasEntries && page.nextStreamPosition.length == 0 && page.chunkSize.length == 0 {
      throw DamagedPage(CEP_WRONG_KIND, bytes: bytes, offset: 0)
    }
  }

  /// Reads an array of events. Throws ``DamagedPage``.
  public init(array bytes: PaddedBytes) throws {
    page = try EventPage(bytes, as: CEP_INPUT_ARRAY)
  }

  /// Reads one event, such as a line of a JSON Lines file. Throws ``DamagedPage``.
  public init(event bytes: PaddedBytes) throws {
    page = try EventPage(bytes, as: CEP_INPUT_EVENT)
  }

  /// A page's events.
  public struct Entries: RandomAccessCollection, Sendable {
    let page: EventPage

    public var startIndex: Int { 0 }
    public var endIndex: Int { page.events.count }
    public subscript(index: Int) -> Event {
      precondition(page.events.indices.contains(index), "no event at \(index) of a page of \(page.events.count)")
      return Event(page: page, index: index)
    }
  }
}
