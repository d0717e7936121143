import BoxClient
import EventFeed
import RuleEngine
import Synchronization

/// A prompt's work: chunks, commands, events, timers, and what is printed of them.
actor ReplSession {
  let console: RuleConsole
  let screen: PromptScreen
  let style: ReplStyle
  let access: BoxAccess
  let streamType: StreamType
  /// Whether a person types; else a batch runs, to which no events come.
  let isInteractive: Bool
  /// What the line editor completes with.
  let completer: Mutex<Completer>

  var form: ValueForm
  var isTimed = false
  /// Shows a long text in pages; nil where nobody looks.
  var pager: ReplPager?
  /// The newest events that came.
  var recent: [Event] = []
  var tailed: (@Sendable (Event) -> Bool)?
  var feed: ReplFeed?
  /// Whether it was told that no events come.
  private var hasTold = false
  var isReplaying = false
  var held: [FeedPage] = []
  private var clock: Task<Void, Never>?

  static let mostRecent = 1000

  init(
    console: RuleConsole, screen: PromptScreen, style: ReplStyle, access: BoxAccess, streamType: StreamType,
    isInteractive: Bool
  ) {
    self.console = console
    self.screen = screen
    self.style = style
    self.access = access
    self.streamType = streamType
    self.isInteractive = isInteractive
    form = isInteractive ? .readable : .text
    completer = Mutex(Completer())
  }

  func use(_ pager: ReplPager) { self.pager = pager }

  /// The rule files that were named are live.
  func start() async {
    report(await console.start())
    await settle()
  }

  /// - Returns: whether it succeeded.
  func run(chunk text: String, name: String, line: Int = 1) async -> Bool {
    let begun = ContinuousClock.now
    let console = console
    let result = await withTaskCancellationHandler {
      await console.run(text, name: name, line: line, form: form)
    } onCancel: {
      console.interrupt()
    }
    for value in result.values { await show(value) }
    for warning in result.warnings { screen.message(style.remark("\(warning)") + "\n") }
    for effect in result.effects { tell(effect) }
    if let failure = result.failure { say(error: ReplText.failure(failure)) }
    report(result.outcomes)
    if isTimed { screen.message(style.remark("took \((ContinuousClock.now - begun).roundedText)") + "\n") }
    await settle()
    return result.failure == nil
  }

  /// What was registered comes to life: events and timers.
  private func settle() async {
    guard isInteractive else { return }
    let names = await console.globalNames()
    completer.withLock { $0.globals = names }
    let registrations = await console.registrations()
    if feed == nil, registrations.contains(where: { $0.kind != .timer }) {
      do {
        try startFeed()
      } catch  where !hasTold {
        hasTold = true
        say(error: "no events come: \(error.problem)", advice: error.advice)
      } catch {}
    }
    restartClock()
  }

  func end() async {
    feed?.stop()
    clock?.cancel()
    report(await console.close())
  }

  // MARK: Printing

  private func show(_ value: ChunkResult.Value) async {
    guard screen.outputIsTerminal else { return screen.output(value.bytes + [0x0A]) }
    let text = style.value(value) + "\n"
    guard let pager else { return screen.output(text) }
    await pager.show(text, on: screen)
  }

  func say(error problem: String, advice: String? = nil) {
    let mark = isInteractive ? "" : "boxwatch: error: "
    screen.message(style.error(mark + problem) + "\n")
    if let advice { screen.message(TerminalText.escaped("  \(advice)") + "\n") }
  }

  private func tell(_ effect: Effect) {
    switch effect {
    case .alert(let record, _):
      screen.output((isInteractive ? TerminalText.escapedLines(ReplText.alert(record)) : record.jsonLine) + "\n")
    default: screen.message(style.remark(ReplText.untaken(effect)) + "\n")
    }
  }

  /// What handlers did.
  func report(_ outcomes: [Outcome]) {
    for outcome in outcomes {
      for effect in outcome.effects { tell(effect) }
      if let failure = outcome.failure { say(error: "\(failure)") }
    }
  }

  // MARK: Timers

  func restartClock() {
    clock?.cancel()
    clock = Task {
      while !Task.isCancelled, let due = await console.nextDue {
        let pause = due - WallClock.now
        if pause > .zero { do { try await Task.sleep(for: min(pause, .seconds(60))) } catch { return } }
        guard !isReplaying, due <= WallClock.now else { continue }
        // A tick that is under way goes on when the clock is set anew.
        report(await Task { await console.tick() }.value)
      }
    }
  }
}
