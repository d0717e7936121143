import CEdit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// On the editor's queue: lines, and the characters that they are made of.
extension LineEditor {
  func readLine(_ prompt: String) -> Line {
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

  func readKey(_ question: String) -> UInt8? {
    isInterrupted.store(false, ordering: .releasing)
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var keys = before
    // Each key at once, and unseen; Ctrl-C stays a signal.
    keys.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(terminal, TCSANOW, &keys)
    defer {
      tcsetattr(terminal, TCSANOW, &before)
      PromptScreen.write(Array("\r\u{1B}[K".utf8), to: 2)
    }
    PromptScreen.write(Array(question.utf8), to: 2)
    while true {
      guard wake.wait(for: terminal) else {
        wake.drain()
        if isInterrupted.load(ordering: .acquiring) || isEnding.load(ordering: .acquiring) { return nil }
        continue
      }
      switch readByte() {
      case .byte(let byte):
        if byte == 0x1B { skipSequence() }
        return byte
      case .nothing: continue
      case .end: return nil
      }
    }
  }

  /// The rest of an arrow, say: a bracket, numbers, a letter.
  private func skipSequence() {
    guard case .byte(let kind) = readByte(), kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O") else { return }
    while case .byte(let byte) = readByte(), !(0x40...0x7E).contains(byte) {}
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
  func nextCharacter(into character: UnsafeMutablePointer<wchar_t>) -> CInt {
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
}
