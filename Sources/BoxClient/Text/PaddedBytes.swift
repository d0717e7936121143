import CEventPage

/// Bytes that were collected once and never change, with the zeros behind them that the page reader wants.
public final class PaddedBytes: @unchecked Sendable {
  // Unchecked because of the pointer: the memory is written by `Builder` alone, which gives it up here.
  private let block: LargeBlocks.Block
  /// Bytes of text.
  public let count: Int

  private init(_ block: LargeBlocks.Block, count: Int) {
    self.block = block
    self.count = count
  }

  /// A copy of the given bytes.
  public convenience init(_ bytes: some Sequence<UInt8>) {
    var builder = Builder()
    if bytes.withContiguousStorageIfAvailable({ builder.append(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { builder.append($0) }
    }
    let (block, count) = builder.finish()
    self.init(block, count: count)
  }

  deinit {
    LargeBlocks.shared.free(block)
  }

  var start: UnsafePointer<CChar> { UnsafePointer(block.start) }
  /// Bytes in memory.
  var capacity: Int { block.size }

  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The whole text; bytes that are not UTF-8 read as U+FFFD.
  public var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  /// Collects bytes into one piece of memory. Not to be copied while it is in use: it owns that memory.
  public struct Builder: ~Copyable {
    private var block: LargeBlocks.Block
    /// Bytes so far.
    public private(set) var count = 0
    private static var padding: Int { Int(CEP_PADDING) }

    /// Room for `expected` bytes; more of them cost a move.
    public init(expecting expected: Int = 0) {
      block = LargeBlocks.shared.allocate(max(expected, 256) + Builder.padding)
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
      guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
      let needed = count + bytes.count + Builder.padding
      if needed > block.size { grow(to: needed) }
      UnsafeMutableRawPointer(block.start + count).copyMemory(from: source, byteCount: bytes.count)
      count += bytes.count
    }

    private mutating func grow(to needed: Int) {
      let larger = LargeBlocks.shared.allocate(max(needed, block.size * 2))
      larger.start.update(from: block.start, count: count)
      LargeBlocks.shared.free(block)
      block = larger
    }

    deinit {
      LargeBlocks.shared.free(block)
    }

    fileprivate consuming func finish() -> (LargeBlocks.Block, Int) {
      (block.start + count).initialize(repeating: 0, count: Builder.padding)
      let result = (block, count)
      discard self
      return result
    }

    public consuming func build() -> PaddedBytes {
      let (block, count) = finish()
      return PaddedBytes(block, count: count)
    }
  }
}
