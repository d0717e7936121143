/// The programs that may be run, by their absolute paths.
public struct AllowedCommands: Sendable, Hashable {
  private let paths: Set<[UInt8]>

  /// - Throws: for a path that is not absolute.
  public init(_ paths: [String]) throws(CommandError) {
    for path in paths where !path.utf8.starts(with: "/".utf8) || path.utf8.contains(0) {
      throw CommandError(.notAllowed, "\(QuotedPath.of(path)) is no absolute path; write it from the root on")
    }
    self.paths = Set(paths.map { Array($0.utf8) })
  }

  /// - Throws: for a command whose program is not listed, spelled exactly so, or whose arguments cannot be passed on.
  func check(_ arguments: [[UInt8]]) throws(CommandError) {
    guard let program = arguments.first else { throw CommandError(.notAllowed, "the command is empty; name a program") }
    let shown = QuotedPath.of(String(decoding: program, as: UTF8.self))
    guard paths.contains(program) else {
      throw CommandError(
        .notAllowed, "\(shown) may not be run; add its absolute path under `allow: exec` in the configuration")
    }
    guard !arguments.contains(where: { $0.contains(0) }) else {
      throw CommandError(.notAllowed, "an argument of \(shown) has a NUL byte, where it would end; leave it out")
    }
  }
}
