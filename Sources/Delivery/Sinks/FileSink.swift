import Synchronization
import Threads

/// Writes the files of the output directory. All appends and writes go through one queue in order, those of rules and
/// those of alert sinks: the mark that the ledger keeps of a file says how much of it is delivered.
///
/// Before the first append to a file, and after others wrote to it, its mark is recorded in the ledger; then a crash at
/// any instruction leaves an append that the next process recognises.
public final class FileSink: DeliverySink {
  private let output: OutputDirectory
  private let recordMarks: @Sendable ([PathMark]) async throws -> Void
  private let marks: Mutex<FileMarks>
  /// Files block, and this program's tasks share few threads.
  private let thread = WorkerThread(name: "files")

  /// - Parameters:
  ///   - marks: what the ledger keeps.
  ///   - recordMarks: writes marks into the ledger, in a commit of their own.
  public init(
    output: OutputDirectory, marks: [PathMark], recordMarks: @escaping @Sendable ([PathMark]) async throws -> Void
  ) {
    self.output = output
    self.recordMarks = recordMarks
    self.marks = Mutex(FileMarks(recorded: marks))
  }

  public var executor: (any TaskExecutor)? { thread }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var batch = FileBatch(items)
    while let write = batch.next() {
      guard !Task.isCancelled else {
        batch.take([.cancelled], nil)
        return batch.answer
      }
      let step = await withTaskExecutorPreference(thread) {
        marks.withLock { marks in FileStep(output: output, write: write).perform(&marks) }
      }
      switch step {
      case .done(let results, let mark): batch.take(results, mark)
      case .begun(let results, let mark):
        batch.take(results, mark)
        return batch.answer
      case .needsRecord(let mark):
        // What was delivered of this file stands in the ledger first.
        guard !batch.hasChanged(mark.path) else { return batch.answer }
        do {
          try await recordMarks([mark])
          marks.withLock { $0.recorded(mark) }
        } catch {
          batch.take([.failedForNow(DeliveryFailure("the state cannot be written: \(error)"))], nil)
        }
      }
    }
    return batch.answer
  }
}

/// Deliveries to files, and what came of the first of them.
struct FileBatch: Sendable {
  private var rest: ArraySlice<OutboxItem>
  private var failed: Set<String> = []
  private(set) var answer = SinkAnswer([])

  init(_ items: [OutboxItem]) {
    rest = items[...]
  }

  /// The next write. What comes behind a failure to the same file waits with it.
  mutating func next() -> FileWrite? {
    while let item = rest.first, let path = item.payload.path, failed.contains(path) { take([.cancelled], nil) }
    return rest.isEmpty ? nil : FileWrite(rest)
  }

  func hasChanged(_ path: String) -> Bool { answer.marks.contains { $0.path == path } }

  mutating func take(_ results: [DeliveryResult], _ mark: PathMark?) {
    if case .failedForNow = results.last, let path = rest.prefix(results.count).last?.payload.path {
      failed.insert(path)
    }
    rest = rest.dropFirst(results.count)
    answer.results += results
    guard let mark else { return }
    answer.marks.removeAll { $0.path == mark.path }
    answer.marks.append(mark)
  }
}

/// One call of the output directory: a delivery, or successive appends that can be one.
struct FileWrite: Sendable {
  let items: ArraySlice<OutboxItem>

  /// A merged append stays below this many bytes.
  private static let largest = 4 << 20

  init(_ rest: ArraySlice<OutboxItem>) {
    var size = 0
    items = rest.prefix { item in
      guard let first = rest.first, item.id != first.id else { return true }
      // With a rotation the size of each append decides which file it goes to.
      guard case .append(let path, let text, nil, let header) = item.payload,
        case .append(path, let firstText, nil, header) = first.payload
      else { return false }
      size += text.count
      return size + firstText.count <= Self.largest
    }
  }

  /// The first delivery alone.
  var single: FileWrite { FileWrite(items.prefix(1)) }

  var bytes: [UInt8] {
    items.reduce(into: []) { bytes, item in
      if case .append(_, let text, _, _) = item.payload { bytes += text }
    }
  }
}
