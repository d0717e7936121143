import BoxClient
import LuaHost

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension RuleConsole {
  /// A prompt beside a running watcher: in a state, on a thread and in memory of its own, so that no rule waits for it.
  /// It registers nothing, and what its chunks change is handed over, not kept.
  ///
  /// - Parameters:
  ///   - source: the rule file whose folder `box.list` and `require` read; nil for none.
  ///   - namespace: under which it remembers.
  ///   - waits: as in ``open(rules:root:options:services:waits:print:)``.
  ///   - print: gets what the prompt's Lua prints.
  /// - Throws: `LuaFailure` when memory is short.
  public static func attach(
    to source: RuleSource?, namespace: String, options: RuleOptions, services: any RuleServices,
    print: @escaping @Sendable (String) -> Void
  ) async throws -> RuleConsole {
    let (engine, _) = await RuleEngine.load([], options: options, services: services)
    let place =
      source.map { RuleSource(path: $0.folder + "/" + name, root: $0.root) } ?? RuleSource(path: name, root: ".")
    let file = RuleFile(
      source: place, options: options, services: services, types: engine.types, shared: engine.shared,
      thread: LuaThread())
    let isRunning = ConsoleHooks.Flag()
    let cancellation = try await file.openAttached(namespace, isRunning, print)
    return RuleConsole(engine: engine, file: file, cancellation: cancellation, isRunning: isRunning)
  }

  /// Runs a chunk on a copy of what is remembered.
  ///
  /// - Parameters:
  ///   - remembered: what the namespace holds.
  ///   - shared: what `box.kv.shared` holds.
  public func run(
    _ text: String, name: String, line: Int = 1, form: ValueForm, on remembered: RememberedState,
    shared: [StateCell]
  ) async -> ChunkResult {
    engine.shared.replace(with: shared)
    return await interrupting {
      await self.file.run(chunk: text, name: name, line: line, form: form, on: remembered)
    }
  }

  /// Lets go of everything.
  public func detach() async {
    await file.close()
    await engine.close()
  }
}

extension RuleFile {
  fileprivate func openAttached(
    _ namespace: String, _ isRunning: ConsoleHooks.Flag, _ print: @escaping @Sendable (String) -> Void
  ) throws -> LuaCancellation {
    fixedNamespace.withLock { $0 = namespace }
    // The rules come first where cores are scarce. Of a thread alone, which is this actor's own.
    #if canImport(Glibc)
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    #else
      setpriority(PRIO_PROCESS, 0, 10)
    #endif
    return try openConsole(isRunning: isRunning, isAttached: true, waits: { _ in }, print: print)
  }
}
