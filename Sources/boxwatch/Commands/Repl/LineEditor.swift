import CEdit
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lines typed at a terminal, with libedit: editing, history, completion. What others print meanwhile appears above.
final class LineEditor: @unchecked Sendable {
  // Unchecked because of the editor and what belongs to it, which the queue alone touches; the rest is Sendable.
  enum Line: Sendable {
    case text(String)
    /// Ctrl-C: what was typed is left.
    case interrupted(wasEmpty: Bool)
    /// Ctrl-D, or the terminal has gone.
    case end
  }

  let queue = DispatchQueue(label: "prompt")
  let screen: PromptScreen
  let wake: WakePipe
  let complete: @Sendable (String) -> Completion
  let isInterrupted = Atomic(false)
  let isEnding = Atomic(false)
  let isResized = Atomic(false)
  let isResumed = Atomic(false)

  /// The terminal, opened once more: so it can be read without ever blocking, and the shell's own stays as it is. What
  /// was there to read may be gone with a Ctrl-C.
  let terminal = LineEditor.openTerminal()
  var editor: OpaquePointer?
  let lines = history_init()
  var promptText = strdup("")
  /// The bytes of a character that has begun.
  var begun: [UInt8] = []

  init(
    screen: PromptScreen, wake: WakePipe, history: [String], complete: @escaping @Sendable (String) -> Completion
  ) {
    self.screen = screen
    self.wake = wake
    self.complete = complete
    queue.sync { begin(history) }
  }

  func begin(_ history: [String]) {
    // libedit counts columns by the locale; text is UTF-8 here whatever the environment says.
    if setlocale(LC_CTYPE, "") == nil || String(cString: nl_langinfo(CInt(CODESET))) != "UTF-8" {
      setlocale(LC_CTYPE, "C.UTF-8")
    }
    guard let editor = cedit_open("boxwatch") else { return }
    self.editor = editor
    cedit_set_owner(editor, Unmanaged.passUnretained(self).toOpaque())
    cedit_set_prompt(editor) { LineEditor.owner(of: $0).promptText }
    cedit_set_reader(editor) { editor, character in LineEditor.owner(of: editor).nextCharacter(into: character!) }
    cedit_bind(editor, "^I", "complete") { editor, _ in LineEditor.owner(of: editor).completeWord() }
    cedit_bind_command(editor, "^R", "em-inc-search-prev")
    cedit_bind_command(editor, "^W", "ed-delete-prev-word")
    if let lines {
      cedit_set_history(editor, lines, CInt(LineHistory.most))
      for line in history { cedit_history_add(lines, line) }
    }
    el_source(editor, nil)
  }

  static func openTerminal() -> CInt {
    guard let name = ttyname(0) else { return 0 }
    let terminal = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    return terminal >= 0 ? terminal : 0
  }

  static func owner(of editor: OpaquePointer?) -> LineEditor {
    Unmanaged<LineEditor>.fromOpaque(cedit_owner(editor)!).takeUnretainedValue()
  }

  // MARK: From any thread

  /// Reads a line.
  func line(prompt: String) async -> Line {
    await withCheckedContinuation { answer in
      queue.async { answer.resume(returning: self.readLine(prompt)) }
    }
  }

  /// Waits for one key, as it is pressed; nil at the end, or where it was interrupted.
  func key(after question: String) async -> UInt8? {
    await withCheckedContinuation { answer in
      queue.async { answer.resume(returning: self.readKey(question)) }
    }
  }

  func remember(_ text: String) {
    queue.async { if let lines = self.lines { cedit_history_add(lines, text) } }
  }

  func interrupt() {
    isInterrupted.store(true, ordering: .releasing)
    wake.wake()
  }

  func end() {
    isEnding.store(true, ordering: .releasing)
    wake.wake()
  }

  func resize() {
    isResized.store(true, ordering: .releasing)
    wake.wake()
  }

  /// The program was stopped and goes on.
  func resume() {
    isResumed.store(true, ordering: .releasing)
    wake.wake()
  }

  /// Gives the terminal back.
  func giveBack() {
    queue.sync {
      if let editor { el_end(editor) }
      editor = nil
      if let lines { history_end(lines) }
      free(promptText)
      promptText = nil
      if terminal != 0 { close(terminal) }
    }
  }
}
