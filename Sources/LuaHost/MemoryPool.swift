import CBoxLua

/// Memory that the states of several files share.
public final class MemoryPool: @unchecked Sendable {
  // Unchecked because of the pointer: the pool behind it counts atomically (bxl_state.c).
  let pointer: OpaquePointer

  /// - Parameter limit: bytes that all states together may hold.
  public init(limit: Int) {
    guard let made = bxl_pool_make(limit) else { preconditionFailure("out of memory: no pool for the rules") }
    pointer = made
  }

  deinit {
    bxl_pool_free(pointer)
  }

  /// Bytes that the states hold now, in steps of 64 KiB.
  public var used: Int { bxl_pool_used(pointer) }
}
