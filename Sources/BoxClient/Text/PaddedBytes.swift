import CEventPage

/// Bytes that were collected once and never change, with the zeros behind them that the page reader wants.
public final class PaddedBytes: @unchecked Sendable {
  // Unchecked because of the pointer: the memory is written by `Builder` alone, which gives it up here.
  let start: UnsafePointer<CChar>
  /// Bytes of text.
  public let count: Int
  let capacity: Int

  private init(start: UnsafePointer<CChar>, count: Int, capacity: Int) {
    self.start = start
    self.count = count
    self.capacity = capacity
  }

  /// A copy of the given bytes.
  public convenience init(_ bytes: some Sequence<UInt8>) {
    var builder = Builder()
    if bytes.withContiguousStorageIfAvailable({ builder.append(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { builder.append($0) }
    }
    let (start, count, capacity) = builder.finish()
    self.init(start: start, count: count, capacity: capacity)
  }

  deinit {
    UnsafeMutablePointer(mutating: start).deallocate()
  }

  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The whole text; bytes that are not UTF-8 read as U+FFFD.
  public var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  /// Collects bytes into one piece of memory. Not to be copied while it is in use: it owns that memory.
  public struct Builder: ~Copyable {
    private var start: UnsafeMutablePointer<CChar>
    /// Bytes so far.
    public private(set) var count = 0
    private var capacity: Int
    private static var padding: Int { Int(CEP_PADDING) }

    /// Room for `expected` bytes; more of them cost a move.
    public init(expecting expected: Int = 0) {
      capacity = max(expected, 256)
      start = .allocate(capacity: capacity + Builder.padding)
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
      guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
      if count + bytes.count > capacity { grow(to: count + bytes.count) }
      UnsafeMutableRawPointer(start + count).copyMemory(from: source, byteCount: bytes.count)
      count += bytes.count
    }

    private mutating func grow(to needed: Int) {
      let larger = max(needed, capacity * 2)
      let moved = UnsafeMutablePointer<CChar>.allocate(capacity: larger + Builder.padding)
      moved.update(from: start, count: count)
      start.deallocate()
      start = moved
      capacity = larger
    }

    deinit {
      start.deallocate()
    }

    fileprivate consuming func finish() -> (UnsafePointer<CChar>, Int, Int) {
      (start + count).initialize(repeating: 0, count: Builder.padding)
      let result = (UnsafePointer(start), count, capacity)
      discard self
      return result
    }

    public consuming func build() -> PaddedBytes {
      let (start, count, capacity) = finish()
      return PaddedBytes(start: start, count: count, capacity: capacity)
    }
  }
}
