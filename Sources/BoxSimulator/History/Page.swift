import NIOCore

/// An answer of GET /2.0/events before it is sent: a head, pieces of the store, a tail.
struct Page: Sendable {
  /// The body's pieces in order.
  var pieces: [ByteBuffer]
  /// Events in it, repeated ones included: `chunk_size`.
  var count: Int

  /// - Parameters:
  ///   - slices: the events' texts; commas are put between the slices.
  ///   - nextStreamPosition: JSON text.
  init(slices: [ByteBuffer], count: Int, nextStreamPosition: String) {
    self.count = count
    var pieces: [ByteBuffer] = []
    pieces.reserveCapacity(slices.count * 2 + 1)
    let head = #"{"chunk_size":\#(count),"next_stream_position":\#(nextStreamPosition),"entries":["#
    pieces.append(ByteBuffer(string: head))
    for (index, slice) in slices.enumerated() {
      if index > 0 { pieces.append(Self.comma) }
      pieces.append(slice)
    }
    pieces.append(Self.tail)
    self.pieces = pieces
  }

  private static let comma = ByteBuffer(string: ",")
  private static let tail = ByteBuffer(string: "]}")
}
