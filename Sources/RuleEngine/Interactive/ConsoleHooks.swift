import LuaHost
import Synchronization

/// What a prompt's rule file has beyond the others. Belongs to its rule file.
final class ConsoleHooks {
  /// Runs a chunk and gives its values as text.
  var show: LuaFunction?
  /// Gives the names of the globals.
  var names: LuaFunction?
  let print: @Sendable (String) -> Void
  /// Is told which handler a chunk waits for.
  let waits: @Sendable (String) -> Void
  /// Whether the prompt is beside a running watcher: it registers nothing.
  let isAttached: Bool
  /// The number of the chunk that waits for its turn.
  var queued: Int?
  /// Up while a chunk has the turn.
  let isRunning: Flag
  /// How many chunks there were, for idempotency keys.
  var chunks = 0
  /// How many of the file's timers have been started: the first ones.
  var startedTimers = 0

  init(
    isRunning: Flag, isAttached: Bool, waits: @escaping @Sendable (String) -> Void,
    print: @escaping @Sendable (String) -> Void
  ) {
    self.isRunning = isRunning
    self.isAttached = isAttached
    self.waits = waits
    self.print = print
  }

  final class Flag: Sendable {
    private let value = Atomic(false)
    var isUp: Bool { value.load(ordering: .acquiring) }
    func set(_ isUp: Bool) { value.store(isUp, ordering: .releasing) }
  }
}

extension RuleFile {
  /// A call of the prompt's own prelude.
  func consoleCall(_ arguments: Arguments) throws -> HostReply {
    guard let console else { throw Arguments.Mistake("\(arguments.function) is there at the prompt only") }
    switch try arguments.string(0) {
    case "show": console.show = try arguments.function(1)
    case "names": console.names = try arguments.function(1)
    default: console.print(try arguments.string(1))
    }
    return .values([])
  }

  /// What is typed again takes the place of what it registered before.
  func forgetAtPrompt(handler name: String) {
    guard current?.mayRegister == true else { return }
    handlers.removeAll { $0.name == name }
  }

  func forgetAtPrompt(timer name: String) {
    guard current?.mayRegister == true, let index = timers.firstIndex(where: { $0.name == name }) else { return }
    timers.remove(at: index)
    if let console, index < console.startedTimers { console.startedTimers -= 1 }
  }
}
