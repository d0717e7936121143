import NIOCore

/// Where an event's text lies: bytes `start ..< end` of a chunk.
struct TextLocation: Sendable {
  var chunk: UInt32
  var start: UInt32
  var end: UInt32

  /// Whether `next` follows in the same chunk with nothing but the joining comma between.
  func isFollowed(by next: TextLocation) -> Bool {
    chunk == next.chunk && end + 1 == next.start
  }
}

/// Event texts, joined by commas in large contiguous chunks: a page is cut out of them without copying.
///
/// Each family of streams has a lane of chunks, so that neighbours in a log are neighbours in memory. A `ByteBuffer`
/// whose slices are being sent is copied when it is appended to. Events that arrive one by one therefore go into
/// small chunks; large ones are for bulk loading, before anybody reads.
struct TextStore: Sendable {
  /// Whose events a chunk holds.
  enum Lane: Int, Sendable {
    case user, enterprise
  }

  private struct Tail: Sendable {
    var chunk = 0
    var room = 0
  }

  private static let bulkCapacity = 8 << 20
  private static let liveCapacity = 64 << 10

  private var chunks: [ByteBuffer] = []
  private var tails = [Tail(), Tail()]
  private var isBulk = true

  /// From here on events arrive one by one.
  mutating func endBulkLoading() {
    isBulk = false
    tails = [Tail(), Tail()]
  }

  mutating func append(_ text: [UInt8], lane: Lane) -> TextLocation {
    let needed = text.count + 1
    if needed > tails[lane.rawValue].room {
      let capacity = max(isBulk ? Self.bulkCapacity : Self.liveCapacity, needed)
      tails[lane.rawValue] = Tail(chunk: chunks.count, room: capacity)
      chunks.append(ByteBufferAllocator().buffer(capacity: capacity))
    }
    tails[lane.rawValue].room -= needed
    let chunk = tails[lane.rawValue].chunk
    let start = chunks[chunk].writerIndex
    chunks[chunk].writeBytes(text)
    let end = chunks[chunk].writerIndex
    chunks[chunk].writeInteger(UInt8(ascii: ","))
    return TextLocation(chunk: UInt32(chunk), start: UInt32(start), end: UInt32(end))
  }

  /// The text from the beginning of `first` to the end of `last`, which lie in one chunk; shares its memory.
  func slice(from first: TextLocation, through last: TextLocation) -> ByteBuffer? {
    chunks[Int(first.chunk)].getSlice(at: Int(first.start), length: Int(last.end - first.start))
  }
}
