import CBoxLua
import Threads

/// A thread of its own for Lua, as an executor that actors can run on.
///
/// Swift's shared pool has as many threads as cores: a busy rule there would starve the feed and delivery. The thread ends
/// with this object, which the actors keep.
public final class LuaThread: SerialExecutor {
  private let thread = JobThread()

  public init() {
    let executor = asUnownedSerialExecutor()
    // Lua's C calls nest up to 200 deep, and a matcher's frames with them.
    thread.start(name: "lua rules", stackSize: 4 << 20) { [thread] in
      guard bxl_thread_begin() else { preconditionFailure("no timer on the thread's CPU clock could be had") }
      defer { bxl_thread_end() }
      thread.runJobs { $0.runSynchronously(on: executor) }
    }
  }

  deinit { thread.end() }

  public func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job)) }
}
