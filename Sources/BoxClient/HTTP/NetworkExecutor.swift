import NIOCore
import NIOPosix

/// The event loop that carries this process's calls to Box, as an executor. Tasks that mostly wait for the network run
/// there, so that an answer is worked on without waking another thread: for a page of events that costs more than much of
/// what is done with it.
///
/// Nothing on it may block, since every call would wait. That holds for what comes right behind an `await` of an actor that
/// such tasks call, too: the actor may just have run here.
public final class NetworkExecutor: TaskExecutor {
  public static let shared = NetworkExecutor(MultiThreadedEventLoopGroup.singleton.next())

  let eventLoop: any EventLoop

  private init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
