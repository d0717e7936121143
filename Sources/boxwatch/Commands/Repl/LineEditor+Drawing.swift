import CEdit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// On the editor's queue: what is drawn beside the line that is being typed.
extension LineEditor {
  /// Prints above the line that is being typed, and draws that anew below.
  func printAbove(_ text: [UInt8]) {
    var bytes: [UInt8] = []
    let row = cursorRow()
    if row > 0 { bytes += Array("\u{1B}[\(row)A".utf8) }
    bytes += Array("\r\u{1B}[J".utf8) + text
    if text.last != 0x0A { bytes.append(0x0A) }
    PromptScreen.write(bytes, to: 2)
    cedit_refresh(editor)
  }

  /// How many rows below the prompt's beginning the cursor stands.
  func cursorRow() -> Int {
    guard let line = el_line(editor)?.pointee, let promptText else { return 0 }
    let before = UnsafeRawBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
    let text = String(cString: promptText) + String(decoding: before, as: UTF8.self)
    return TerminalRows.count(text, columns: Terminal.inputColumns) { Int(cedit_width(wchar_t(bitPattern: $0.value))) }
  }

  func completeWord() -> UInt8 {
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
