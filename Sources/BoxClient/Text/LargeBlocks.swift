import Synchronization

/// Memory that a large page was in and that the next one can use. The system hands out such blocks page by page, each
/// cleared at its first use and taken back with the block: for a page of events that costs more than finding its events.
final class LargeBlocks: Sendable {
  /// That of all pages.
  static let shared = LargeBlocks()

  /// Where a block begins to be large, and what the sizes of large ones are multiples of.
  private static let step = 256 << 10
  /// One for a page that is received, one for the next, one for the page that the rules have.
  private static let most = 3
  /// A larger one was an exception.
  private static let largestKept = 16 * step
  private let kept = Mutex<[Block]>([])

  // Unchecked: a block in the list belongs to nobody, and whoever takes it out has it alone.
  struct Block: @unchecked Sendable {
    let start: UnsafeMutablePointer<CChar>
    let size: Int
  }

  /// A block of at least that size, not cleared.
  func allocate(_ size: Int) -> Block {
    guard size >= Self.step else { return Block(start: .allocate(capacity: size), size: size) }
    let size = (size + Self.step - 1) / Self.step * Self.step
    let found = kept.withLock { kept in
      // A much larger one is left for a page that needs it.
      kept.firstIndex { $0.size >= size && $0.size <= 2 * size }.map { kept.remove(at: $0) }
    }
    return found ?? Block(start: .allocate(capacity: size), size: size)
  }

  func free(_ block: Block) {
    let isKept =
      block.size >= Self.step && block.size <= Self.largestKept
      && kept.withLock { kept in
        guard kept.count < Self.most else { return false }
        kept.append(block)
        return true
      }
    if !isKept { block.start.deallocate() }
  }

  /// Bytes that wait for a page.
  var keptBytes: Int { kept.withLock { $0.reduce(0) { $0 + $1.size } } }

  /// Gives back what is kept.
  func release() {
    let blocks = kept.withLock { kept in
      defer { kept = [] }
      return kept
    }
    for block in blocks { block.start.deallocate() }
  }
}
