import Synchronization

/// One line on a terminal's standard error that is drawn over itself. Elsewhere it draws nothing.
enum ProgressLine {
  private static let drawn = Atomic(false)

  /// Draws where a person looks at standard error while the data goes elsewhere.
  static var isVisible: Bool { StandardError.isTerminal && !StandardOutput.isTerminal }

  static func draw(_ text: String) {
    guard isVisible else { return }
    StandardError.write("\r\u{1B}[K" + text)
    drawn.store(true, ordering: .relaxed)
  }

  static func clear() {
    if drawn.exchange(false, ordering: .relaxed) { StandardError.write("\r\u{1B}[K") }
  }
}
