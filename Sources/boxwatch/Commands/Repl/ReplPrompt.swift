import RuleEngine
import Synchronization
import UnixSignals

/// The prompt at a terminal: lines become chunks and commands until the person leaves.
struct ReplPrompt {
  let session: ReplSession
  let signals: PromptSignals
  let editor: LineEditor
  let screen: PromptScreen
  let history: LineHistory?

  private static let name = "prompt"

  func run() async {
    let running = RunningWork()
    await signals.handing(to: { take($0, running) }, while: { await readLines(running) })
  }

  private func take(_ signal: UnixSignal, _ running: RunningWork) {
    switch signal {
    case .sigint:
      // The terminal has shown ^C where the cursor stood.
      if running.cancel() { screen.message("\n") } else { editor.interrupt() }
    case .sigwinch: editor.resize()
    case .sigcont: editor.resume()
    default:
      editor.end()
      running.cancel()
    }
  }

  private func readLines(_ running: RunningWork) async {
    let console = session.console
    var text = ""
    var wasInterrupted = false
    while true {
      switch await editor.line(prompt: text.isEmpty ? "box> " : "...> ") {
      case .end: return
      case .interrupted(let wasEmpty):
        if text.isEmpty && wasEmpty {
          if wasInterrupted { return }
          wasInterrupted = true
          screen.message("Ctrl-C once more, or Ctrl-D, leaves.\n")
        }
        text = ""
      case .text(let line):
        wasInterrupted = false
        if text.isEmpty && line.allSatisfy(\.isWhitespace) { continue }
        if text.isEmpty && ReplSession.isCommand(line) {
          remember(line)
          if await running.run({ await session.run(command: line) }) == .quit { return }
          continue
        }
        text += text.isEmpty ? line : "\n" + line
        if case .incomplete = await console.completeness(of: text, name: Self.name) { continue }
        remember(text)
        let chunk = text
        text = ""
        _ = await running.run { await session.run(chunk: chunk, name: Self.name) }
      }
    }
  }

  private func remember(_ text: String) {
    editor.remember(text)
    if let history, history.mayKeep(text) { history.add(text) }
  }
}

/// What runs for the person, so that Ctrl-C can end it.
final class RunningWork: Sendable {
  private let cancelling = Mutex<(@Sendable () -> Void)?>(nil)

  func run<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
    let task = Task { await work() }
    cancelling.withLock { $0 = { task.cancel() } }
    defer { cancelling.withLock { $0 = nil } }
    return await task.value
  }

  /// Whether something ran.
  @discardableResult
  func cancel() -> Bool {
    guard let cancel = cancelling.withLock({ $0 }) else { return false }
    cancel()
    return true
  }
}
