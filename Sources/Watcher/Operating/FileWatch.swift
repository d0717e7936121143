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
  /// How often something has changed, and how much of that was told.
  private let changed = Atomic(0)
  private let told = Atomic(0)

  /// Nil where the system has no more watches to give.
  init?() {
    let descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    let (changes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
    self.descriptor = descriptor
    self.source = source
    self.changes = changes
    source.setEventHandler { [weak self] in
      guard Self.hasChange(descriptor) else { return }
      self?.changed.add(1, ordering: .relaxed)
      wake.yield()
    }
    source.setCancelHandler { close(descriptor) }
    source.activate()
  }

  deinit { source.cancel() }

  /// Reads what has come. What changed is found by reading the files: here it only matters that something did. That a
  /// folder is followed no more is no change.
  private static func hasChange(_ descriptor: CInt) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
      var hasChange = false
      while case let count = read(descriptor, buffer.baseAddress, buffer.count), count > 0 {
        var place = 0
        while place < count {
          let event = buffer.load(fromByteOffset: place, as: inotify_event.self)
          if event.mask & UInt32(IN_IGNORED) == 0 { hasChange = true }
          place += MemoryLayout<inotify_event>.size + Int(event.len)
        }
      }
      return hasChange
    }
  }

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

  /// Returns when something has changed and a moment has passed: an editor writes in several steps, which are one change.
  /// False when the task is cancelled.
  func change() async -> Bool {
    for await _ in changes {
      // The steps of a change that was told wake once more.
      guard changed.load(ordering: .relaxed) > told.load(ordering: .relaxed) else { continue }
      try? await Task.sleep(for: .milliseconds(200))
      told.store(changed.load(ordering: .relaxed), ordering: .relaxed)
      return !Task.isCancelled
    }
    return false
  }
}
