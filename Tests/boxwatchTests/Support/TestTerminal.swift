import Foundation
import Testing

/// A terminal for a command, with the test at its keyboard.
final class TestTerminal: Sendable {
  /// The command's end. Closed here once the command has it, so that the screen ends with the command.
  let device: FileHandle
  /// What is written to the terminal.
  let screen: FileHandle

  init() throws {
    var (master, slave) = (CInt(-1), CInt(-1))
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&master, &slave, nil, nil, &size) == 0)
    // No other command may inherit it and keep it open.
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    (screen, device) = (
      FileHandle(fileDescriptor: master, closeOnDealloc: true), FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    )
  }

  func type(_ text: String) { screen.write(Data(text.utf8)) }
}
