import CBoxLua
import Synchronization

/// Ends a state's running call from any thread, as Ctrl-C does.
public final class LuaCancellation: Sendable {
  // As a number, since a pointer is not Sendable. The lock keeps the state open for as long as it is used here.
  private let state = Mutex<UInt>(0)

  /// The running call fails as `cancelled` at its next step. Nothing happens where the script waits, or none runs.
  public func cancel() {
    state.withLock { state in
      if let pointer = OpaquePointer(bitPattern: state) { bxl_cancel(pointer) }
    }
  }

  func attach(_ pointer: OpaquePointer) { state.withLock { $0 = UInt(bitPattern: pointer) } }
  func detach() { state.withLock { $0 = 0 } }
}
