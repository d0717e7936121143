@preconcurrency import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Waits for changes of files in folders (inotify).
final class FileWatch: Sendable {
  private let descriptor: CInt
  private let folders = Mutex<[String: CInt]>([:])
  private let source: any DispatchSourceRead
  private let changes: AsyncStream<Void>

  /// Nil where the system has no more watches to give.
  init?() {
    let descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    let (changes, changed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
    source.setEventHandler {
      // What changed is found by reading the files; here it only matters that something did.
      withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
        while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
      }
      changed.yield()
    }
    source.setCancelHandler { close(descriptor) }
    source.activate()
    self.descriptor = descriptor
    self.source = source
    self.changes = changes
  }

  deinit { source.cancel() }

  /// The folders to look at from now on.
  func follow(_ wanted: Set<String>) {
    let files = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE
    let events = UInt32(files | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
    folders.withLock { folders in
      var watches: [String: CInt] = [:]
      for folder in wanted {
        // A folder that is followed already keeps its number; one that another took the place of gets a new one.
        let watch = inotify_add_watch(descriptor, folder, events)
        if watch >= 0 { watches[folder] = watch }
      }
      for watch in Set(folders.values).subtracting(watches.values) { inotify_rm_watch(descriptor, watch) }
      folders = watches
    }
  }

  /// Returns when something has changed and a moment has passed: an editor writes in several steps. False when the task
  /// is cancelled.
  func change() async -> Bool {
    var iterator = changes.makeAsyncIterator()
    guard await iterator.next() != nil else { return false }
    try? await Task.sleep(for: .milliseconds(200))
    return !Task.isCancelled
  }
}
