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

  private let queue = DispatchQueue(label: "prompt")
  private let screen: PromptScreen
  private let wake: WakePipe
  private let complete: @Sendable (String) -> Completion
  private let isInterrupted = Atomic(false)
  private let isEnding = Atomic(false)
  private let isResized = Atomic(false)
  private let isResumed = Atomic(false)

  /// The terminal, opened once more: so it can be read without ever blocking, and the shell's own stays as it is. What
  /// was there to read may be gone with a Ctrl-C.
  private let terminal = LineEditor.openTerminal()
  private var editor: OpaquePointer?
  private let lines = history_init()
  private var promptText = strdup("")
  /// The bytes of a character that has begun.
  private var begun: [UInt8] = []

  init(
    screen: PromptScreen, wake: WakePipe, history: [String], complete: @escaping @Sendable (String) -> Completion
  ) {
    self.screen = screen
    self.wake = wake
    self.complete = complete
    queue.sync { begin(history) }
  }

  private func begin(_ history: [String]) {
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
      cedit_set_history(editor, lines, 1000)
      for line in history { cedit_history_add(lines, line) }
    }
    el_source(editor, nil)
  }

  private static func openTerminal() -> CInt {
    guard let name = ttyname(0) else { return 0 }
    let terminal = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    return terminal >= 0 ? terminal : 0
  }

  private static func owner(of editor: OpaquePointer?) -> LineEditor {
    Unmanaged<LineEditor>.fromOpaque(cedit_owner(editor)!).takeUnretainedValue()
  }

  // MARK: From any thread

  /// Reads a line.
  func line(prompt: String) async -> Line {
    await withCheckedContinuation { answer in
      queue.async { answer.resume(returning: self.readLine(prompt)) }
    }
  }

  /// Asks for one line without editing; nil at the end, or where it was interrupted.
  func answer(to question: String) async -> String? {
    await withCheckedContinuation { answer in
      queue.async { answer.resume(returning: self.readAnswer(question)) }
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

  // MARK: On the queue

  private func readLine(_ prompt: String) -> Line {
    guard let editor, !isEnding.load(ordering: .acquiring) else { return .end }
    free(promptText)
    promptText = strdup(prompt)
    isInterrupted.store(false, ordering: .releasing)
    el_resize(editor)
    screen.beginTyping()
    var count: CInt = 0
    let typed = el_gets(editor, &count).map { String(cString: $0) }
    let wasInterrupted = isInterrupted.exchange(false, ordering: .acquiringAndReleasing)
    screen.endTyping()
    guard var typed, !isEnding.load(ordering: .acquiring) else {
      PromptScreen.write([0x0A], to: 2)
      return .end
    }
    if typed.hasSuffix("\n") { typed.removeLast() }
    return wasInterrupted ? .interrupted(wasEmpty: typed.isEmpty) : .text(typed)
  }

  private func readAnswer(_ question: String) -> String? {
    PromptScreen.write(Array(question.utf8), to: 2)
    isInterrupted.store(false, ordering: .releasing)
    var answer: [UInt8] = []
    while true {
      guard wake.wait(for: terminal) else {
        wake.drain()
        if isInterrupted.load(ordering: .acquiring) || isEnding.load(ordering: .acquiring) { return nil }
        continue
      }
      switch readByte() {
      case .byte(0x0A): return String(decoding: answer, as: UTF8.self)
      case .byte(let byte): answer.append(byte)
      case .nothing: continue
      case .end: return nil
      }
    }
  }

  private enum Input {
    case byte(UInt8)
    case nothing, end
  }

  private func readByte() -> Input {
    var byte: UInt8 = 0
    let count = read(terminal, &byte, 1)
    if count == 1 { return .byte(byte) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? .nothing : .end
  }

  /// libedit asks for the next character: 1, or 0 at the end.
  private func nextCharacter(into character: UnsafeMutablePointer<wchar_t>) -> CInt {
    while true {
      guard wake.wait(for: terminal) else {
        wake.drain()
        if isEnding.load(ordering: .acquiring) { return 0 }
        if isInterrupted.load(ordering: .acquiring) {
          character.pointee = 0x0A
          return 1
        }
        if isResized.exchange(false, ordering: .acquiringAndReleasing) { el_resize(editor) }
        if isResumed.exchange(false, ordering: .acquiringAndReleasing) {
          cedit_resume(editor)
          cedit_refresh(editor)
        }
        let waiting = screen.takeWaiting()
        if !waiting.isEmpty { printAbove(waiting) }
        continue
      }
      switch readByte() {
      case .byte(let byte):
        begun.append(byte)
        guard let scalar = nextScalar() else { continue }
        character.pointee = wchar_t(bitPattern: scalar)
        return 1
      case .nothing: continue
      case .end: return 0
      }
    }
  }

  /// The character that the bytes make; nil as long as some are missing. Bytes that are no UTF-8 are left out.
  private func nextScalar() -> UInt32? {
    let length: Int
    switch begun[0] {
    case 0..<0x80: length = 1
    case 0xC2..<0xE0: length = 2
    case 0xE0..<0xF0: length = 3
    case 0xF0..<0xF5: length = 4
    default: length = 0
    }
    guard begun.count >= length else { return nil }
    defer { begun = [] }
    return String(validating: begun, as: UTF8.self)?.unicodeScalars.first?.value
  }

  /// Prints above the line that is being typed, and draws that anew below.
  private func printAbove(_ text: [UInt8]) {
    var bytes: [UInt8] = []
    let row = cursorRow()
    if row > 0 { bytes += Array("\u{1B}[\(row)A".utf8) }
    bytes += Array("\r\u{1B}[J".utf8) + text
    if text.last != 0x0A { bytes.append(0x0A) }
    PromptScreen.write(bytes, to: 2)
    cedit_refresh(editor)
  }

  /// How many rows below the prompt's beginning the cursor stands.
  private func cursorRow() -> Int {
    guard let line = el_line(editor)?.pointee, let promptText else { return 0 }
    let before = UnsafeRawBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
    let text = String(cString: promptText) + String(decoding: before, as: UTF8.self)
    return TerminalRows.count(text, columns: Terminal.inputColumns) { Int(cedit_width(wchar_t(bitPattern: $0.value))) }
  }

  private func completeWord() -> UInt8 {
    guard let line = el_line(editor)?.pointee else { return UInt8(CC_ERROR) }
    let before = UnsafeRawBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
    let completion = complete(String(decoding: before, as: UTF8.self))
    if !completion.insertion.isEmpty {
      el_insertstr(editor, completion.insertion)
      return UInt8(CC_REFRESH)
    }
    guard completion.candidates.count > 1 else { return UInt8(CC_REFRESH_BEEP) }
    printAbove(Array(completion.listing(columns: Terminal.inputColumns).utf8))
    return UInt8(CC_REFRESH)
  }
}
