#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where text wraps on a terminal.
enum TerminalRows {
  /// How many rows below its beginning the cursor stands behind the text.
  ///
  /// - Parameter width: a character's columns; -1 for a control character, which is shown as two.
  static func count(_ text: String, columns: Int, width: (Unicode.Scalar) -> Int) -> Int {
    var (row, column) = (0, 0)
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        (row, column) = (row + 1, 0)
        continue
      }
      let width = width(scalar)
      let needed = width < 0 ? 2 : width
      if column + needed > columns { (row, column) = (row + 1, 0) }
      column += needed
      if column >= columns { (row, column) = (row + 1, 0) }
    }
    return row
  }
}

extension Terminal {
  /// Columns of the terminal that is typed at.
  static var inputColumns: Int {
    var size = winsize()
    guard ioctl(0, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Rows of the terminal that is typed at.
  static var inputRows: Int {
    var size = winsize()
    guard ioctl(0, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
    return Int(size.ws_row)
  }
}
