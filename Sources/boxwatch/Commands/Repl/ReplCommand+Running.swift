import Ledger
import RuleEngine
import Watcher

extension ReplCommand {
  /// Runs the work to its end.
  ///
  /// - Parameters:
  ///   - state: the directory of the history.
  ///   - secrets: what must not be in it.
  func run(
    _ work: Work, _ session: ReplSession, _ screen: PromptScreen, _ wake: WakePipe, state: String, secrets: [String],
    greeting: String
  ) async throws {
    do {
      await session.start()
      try Task.checkCancellation()
      switch work {
      case .prompt(let signals):
        await prompt(session, signals, screen, wake, history(state, secrets), greeting)
      case .batch(let texts): try await ReplBatch(session: session).run(texts)
      }
    } catch {
      await session.end()
      throw error
    }
    await session.end()
  }

  private func prompt(
    _ session: ReplSession, _ signals: PromptSignals, _ screen: PromptScreen, _ wake: WakePipe,
    _ history: LineHistory?, _ greeting: String
  ) async {
    let editor = LineEditor(screen: screen, wake: wake, history: history?.load() ?? []) { line in
      session.completer.withLock { $0 }.complete(line)
    }
    await session.use(ReplPager(editor: editor))
    screen.message(greeting)
    await ReplPrompt(session: session, signals: signals, editor: editor, screen: screen, history: history).run()
    editor.giveBack()
  }

  /// Nil, and a word about it, where the state directory cannot hold it.
  private func history(_ directory: String, _ secrets: [String]) -> LineHistory? {
    do {
      return try LineHistory(in: directory, secrets: secrets)
    } catch {
      StandardError.warn("no history: \(error)")
      return nil
    }
  }
}
