import BoxClient
import EventFeed
import RuleEngine
import Synchronization
import Watcher

/// A prompt's work: chunks, commands, events, timers, and what is printed of them.
actor ReplSession {
  /// Where chunks run.
  enum Place: Sendable {
    case here(RuleConsole)
    /// Inside a running watcher.
    case attached(AttachedConsole)
  }

  let place: Place
  let screen: PromptScreen
  let style: ReplStyle
  /// The account whose events come; nil where the watcher has them.
  let access: BoxAccess?
  let streamType: StreamType
  /// Whether a person types; else a batch runs, to which no events come.
  let isInteractive: Bool
  /// What the line editor completes with.
  let completer: Mutex<Completer>

  var form: ValueForm
  var isTimed = false
  /// Shows a long text in pages; nil where nobody looks.
  var pager: ReplPager?
  var isPaged = true
  /// The value that was folded when it was shown.
  private var folded: ChunkReport.Value?
  /// The newest events that came.
  var recent: [Event] = []
  var tailed: (@Sendable (Event) -> Bool)?
  var feed: ReplFeed?
  /// Whether it was told that no events come.
  private var hasTold = false
  var isReplaying = false
  var held: [FeedPage] = []
  private var clock: Task<Void, Never>?
  /// Whether the names for completion are being asked for.
  private var isNaming = false

  static let mostRecent = 1000

  init(
    _ place: Place, screen: PromptScreen, style: ReplStyle, access: BoxAccess?, streamType: StreamType,
    isInteractive: Bool
  ) {
    self.place = place
    self.screen = screen
    self.style = style
    self.access = access
    self.streamType = streamType
    self.isInteractive = isInteractive
    form = isInteractive ? .readable : .text
    let isAttached = if case .attached = place { true } else { false }
    completer = Mutex(Completer(isAttached: isAttached))
  }

  nonisolated var console: any PromptConsole {
    switch place {
    case .here(let console): console
    case .attached(let console): console
    }
  }

  /// The state of this process; nil where the prompt is attached.
  nonisolated var here: RuleConsole? {
    if case .here(let console) = place { console } else { nil }
  }

  func use(_ pager: ReplPager) { self.pager = pager }

  /// The rule files that were named are live.
  func start() async {
    if let here { report(await here.start()) }
    await settle()
  }

  /// - Returns: whether it succeeded.
  func run(chunk text: String, name: String, line: Int = 1) async -> Bool {
    let begun = ContinuousClock.now
    let console = console
    let report = await withTaskCancellationHandler {
      await console.run(text, name: name, line: line, form: form)
    } onCancel: {
      console.interrupt()
    }
    for value in report.values { await show(value) }
    report.remarks.forEach(tell)
    if let failure = report.failure?.failure {
      let names = completer.withLock { $0.globals }
      say(error: ReplText.failure(failure), advice: isInteractive ? FailureHint.hint(failure, globals: names) : nil)
    }
    if isTimed { screen.message(style.remark("took \((ContinuousClock.now - begun).roundedText)") + "\n") }
    await settle()
    if report.failure == nil, report.values.last?.hasMore == true, isPaged, screen.outputIsTerminal,
      await pager?.wantsMore() == true
    {
      return await run(chunk: "_", name: name)
    }
    return report.failure == nil
  }

  /// What was registered comes to life: events and timers.
  private func settle() async {
    guard isInteractive else { return }
    await learnNames()
    guard let here else { return }
    let registrations = await here.registrations()
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

  /// Asks for what completion needs. The prompt waits a moment for it and no longer: a handler may have the turn.
  private func learnNames() async {
    guard !isNaming else { return }
    isNaming = true
    Task {
      let (globals, fields) = await console.names()
      completer.withLock { completer in
        completer.globals = globals
        completer.fields.formUnion(fields)
      }
      isNaming = false
    }
    for _ in 1...40 where isNaming { await Task { try? await Task.sleep(for: .milliseconds(5)) }.value }
  }

  func end() async {
    feed?.stop()
    clock?.cancel()
    switch place {
    case .here(let console): report(await console.close())
    case .attached(let console): console.close()
    }
  }

  // MARK: Printing

  private func show(_ value: ChunkReport.Value) async {
    guard screen.outputIsTerminal else { return screen.output(value.bytes + [0x0A]) }
    guard isInteractive, form == .readable, let text = Folding.folded(value) else { return await showAll(value) }
    folded = value
    await page(style.value(text, kind: value.kind) + "\n")
    screen.message(style.remark(".all shows what is folded") + "\n")
  }

  private func showAll(_ value: ChunkReport.Value) async {
    var text = String(decoding: value.bytes, as: UTF8.self)
    if value.kind == "events", form == .readable, let columns = Terminal.columns {
      // An event a line: what does not fit is seen when that event is looked at.
      text = text.split(separator: "\n").map { TerminalText.fitted(String($0), to: columns) }.joined(separator: "\n")
    }
    await page(style.value(text, kind: value.kind) + "\n")
  }

  /// Shows the last value that was folded, whole; false where none was.
  func unfold() async -> Bool {
    guard let folded else { return false }
    await showAll(folded)
    return true
  }

  /// Shows a text, in pages where it is long and somebody looks.
  func page(_ text: String) async {
    guard isPaged, let pager, screen.outputIsTerminal else { return screen.output(text) }
    await pager.show(text, on: screen)
  }

  func say(error problem: String, advice: String? = nil) {
    let mark = isInteractive ? "" : "boxwatch: error: "
    screen.message(style.error(mark + problem) + "\n")
    if let advice { screen.message(TerminalText.escaped("  \(advice)") + "\n") }
  }

  private func tell(_ remark: ChunkReport.Remark) {
    switch remark.kind {
    case .alert:
      let line = remark.line ?? remark.text
      screen.output((isInteractive ? TerminalText.escapedLines(remark.text) : line) + "\n")
    case .failure: say(error: remark.text)
    case .untaken, .warning, .done: screen.message(style.remark(remark.text) + "\n")
    }
  }

  /// What handlers did.
  func report(_ outcomes: [Outcome]) { ChunkReport.remarks(outcomes).forEach(tell) }

  // MARK: Timers

  func restartClock() {
    guard let here else { return }
    clock?.cancel()
    clock = Task {
      while !Task.isCancelled, let due = await here.nextDue {
        let pause = due - WallClock.now
        if pause > .zero { do { try await Task.sleep(for: min(pause, .seconds(60))) } catch { return } }
        guard !isReplaying, due <= WallClock.now else { continue }
        // A tick that is under way goes on when the clock is set anew.
        report(await Task { await here.tick() }.value)
      }
    }
  }
}
