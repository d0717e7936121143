import BoxClient
import Dispatch
import Ledger
import LuaHost
import RuleEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A prompt beside the running rules: a Lua state on a thread of its own, which reads what the ledger holds through a
/// connection of its own. No rule, no page and no commit waits for it.
actor AttachedPrompt {
  let watcher: Watcher
  let live: Watcher.Live
  let request: ControlRequest.Prompt
  let console: RuleConsole
  /// The rule file whose state is read; nil for none.
  let source: RuleSource?
  let namespace: String
  /// What handlers get that are only explained: nothing is sent that changes anything, whatever the prompt may do.
  let explainingServices: any RuleServices
  nonisolated let output: AttachedOutput
  nonisolated let recent: RecentEvents
  private let reader: LedgerReader
  /// What was read, and after how many commits.
  private var snapshot: (commits: Int, remembered: RememberedState, shared: [StateCell])?

  /// Bytes of memory for what is remembered, of which a prompt makes a copy.
  private static let mostRemembered = 128 << 20

  /// What a prompt without a rule file remembers under. No rule file has a namespace with a space in it by
  /// `box.namespace`, and hardly one by its path.
  static let ownNamespace = "repl (attached)"

  init(
    _ watcher: Watcher, _ live: Watcher.Live, _ request: ControlRequest.Prompt, output: AttachedOutput,
    recent: RecentEvents, services: any RuleServices, explaining: any RuleServices
  ) async throws {
    self.watcher = watcher
    self.live = live
    self.request = request
    self.output = output
    self.recent = recent
    explainingServices = explaining
    let file = try Self.file(request.rules, of: live)
    source = file?.source
    namespace = file?.namespace ?? Self.ownNamespace
    guard let reader = try LedgerReader.open(live.ledger.lock.directory) else {
      throw AttachingProblem("the watcher has no ledger yet; try again")
    }
    self.reader = reader
    console = try await RuleConsole.attach(
      to: source, namespace: namespace, options: watcher.configuration.optionsOfRules, services: services
    ) { output.print($0) }
  }

  /// The rule file that a path or a namespace names; nil where nothing is named.
  private static func file(_ name: String?, of live: Watcher.Live) throws -> RuleFile? {
    guard let name else { return nil }
    var known: [String] = []
    for file in live.crew.engine.files {
      let namespace = file.namespace
      if [file.source.path, namespace].contains(name) || ResolvedPath.of(file.source.path) == name { return file }
      known.append("\(file.source.path) (\(namespace))")
    }
    throw AttachingProblem("the watcher runs no rule file \(name); it runs \(known.joined(separator: ", "))")
  }

  nonisolated var attachment: AttachedMessage.Attachment {
    AttachedMessage.Attachment(
      version: watcher.configuration.options.version, process: getpid(), path: source?.path, namespace: namespace,
      streams: watcher.configuration.streams.map(\.name), allowsWrite: request.allowWrite)
  }

  nonisolated func interrupt() {
    output.setInterrupted(true)
    console.interrupt()
  }

  func end() async {
    await console.detach()
    try? reader.close()
  }

  // MARK: Requests

  func answer(_ request: AttachedRequest) async -> AttachedAnswer {
    var answer = AttachedAnswer(request.id)
    output.setInterrupted(false)
    do {
      switch request.action {
      case .run: if let chunk = request.chunk { answer.report = try await run(chunk) }
      case .complete: if let chunk = request.chunk { answer.completeness = await completeness(of: chunk) }
      case .names:
        answer.globals = await console.globalNames()
        answer.fields = recent.fields
      case .rules: answer.rules = await registrations()
      case .events: try await events(request.count ?? 10, &answer)
      case .tail: output.setTailing(request.count != 0)
      case .explain: try await explain(request.event ?? "", &answer)
      case .cancel: break
      }
    } catch is CancellationError {
      answer.failure = "cancelled"
    } catch {
      answer.failure = "\(error)"
    }
    return answer
  }

  private func completeness(of chunk: AttachedRequest.Chunk) async -> AttachedAnswer.Completeness {
    switch await console.completeness(of: chunk.text, name: chunk.name, line: chunk.line) {
    case .complete: .init(isComplete: true)
    case .incomplete: .init(isComplete: false)
    case .wrong(let failure): .init(isComplete: false, wrong: .init(failure))
    }
  }

  private func run(_ chunk: AttachedRequest.Chunk) async throws -> ChunkReport {
    let (remembered, shared) = try await remembered()
    let form = chunk.form.flatMap { ValueForm(rawValue: $0) } ?? .readable
    let result = await withTaskCancellationHandler {
      await console.run(
        chunk.text, name: chunk.name, line: chunk.line, form: form, on: remembered, shared: shared)
    } onCancel: {
      interrupt()
    }
    var shown = result
    shown.effects = []
    var report = ChunkReport(shown)
    report.cut()
    guard let changes = result.changes, !changes.isEmpty else { return report }
    guard request.allowWrite else {
      report.remarks += changes.effects.map { .init(.untaken, "not done: \($0.forPerson)") }
      report.remarks += changes.remembered.map { .init(.untaken, "not kept: \($0)") }
      report.remarks.append(.init(.untaken, "a prompt that is attached with --allow-write does and keeps it"))
      return report
    }
    do {
      try await keep(changes)
      report.remarks += changes.effects.map { .init(.done, "done: \($0.forPerson)") }
      report.remarks += changes.remembered.map { .init(.done, "kept: \($0)") }
    } catch is CancellationError {
      report.failure = .init(LuaFailure(.cancelled, "cancelled; nothing was changed"))
    } catch {
      report.failure = .init(LuaFailure(.runtime, "\(error)"))
    }
    return report
  }

  /// What the namespace and `box.kv.shared` hold, as the ledger has it.
  func remembered() async throws -> (RememberedState, shared: [StateCell]) {
    let commits = await live.committer.counters.commits
    if let snapshot, snapshot.commits == commits { return (snapshot.remembered, snapshot.shared) }
    snapshot = nil
    let cells = try await cells(of: [namespace, Committer.sharedNamespace])
    let remembered = RememberedState(cells: cells[0], quarantined: [], backlog: 0)
    snapshot = (commits, remembered, cells[1])
    return (remembered, cells[1])
  }

  /// What namespaces hold, of one moment.
  ///
  /// - Throws: ``AttachingProblem`` where that is too much, which is then not read.
  nonisolated func cells(of namespaces: [String]) async throws -> [[StateCell]] {
    switch try await reading({ try $0.cells(of: namespaces, limit: Self.mostRemembered) }) {
    case .read(let cells): return cells.map { $0.compactMap(\.state) }
    case .tooMany(let bytes):
      let names = namespaces.map { $0 == Committer.sharedNamespace ? "box.kv.shared" : $0 }
      throw AttachingProblem(
        "what \(names.joined(separator: " and ")) remember takes \(bytes >> 20) MiB, more than the "
          + "\(Self.mostRemembered >> 20) MiB that a prompt reads into the watcher's memory; "
          + "attach it to another rule file, or to none")
    }
  }

  /// Reads on a thread that may wait: the shared pool has few.
  nonisolated func reading<Value: Sendable>(
    _ body: @escaping @Sendable (LedgerReader) throws -> Value
  ) async throws -> Value {
    let reader = reader
    return try await withCheckedThrowingContinuation { answer in
      Self.queue.async { answer.resume(with: Result { try body(reader) }) }
    }
  }

  private static let queue = DispatchQueue(label: "boxwatch.attached", attributes: .concurrent)

  /// What the watcher's rule files registered. One that computes is told as busy.
  private func registrations() async -> [String] {
    let files = live.crew.engine.files.filter { source == nil || $0.source == source }
    return await withTaskGroup(of: (Int, [String]).self) { group in
      for (index, file) in files.enumerated() {
        group.addTask { (index, await file.registrationLines(within: .seconds(1))) }
      }
      var lines: [Int: [String]] = [:]
      for await (index, found) in group { lines[index] = found }
      return lines.sorted { $0.key < $1.key }.flatMap(\.value)
    }
  }
}

/// Why a prompt cannot be attached, or not do something.
struct AttachingProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
