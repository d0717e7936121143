import RuleEngine

/// Chunks without a person: `-e`, or standard input.
struct ReplBatch {
  /// A chunk, or a command, and the line on which it begins.
  private enum Piece {
    case chunk(String, line: Int)
    case command(String)
  }

  let session: ReplSession
  private var console: any PromptConsole { session.console }

  init(session: ReplSession) { self.session = session }

  /// Runs texts in order. Throws ``ExitStatus/failed`` behind the first error, which has been told.
  func run(_ texts: [(name: String, text: String)]) async throws {
    for (name, text) in texts {
      for piece in try await pieces(of: text, name) {
        try Task.checkCancellation()
        switch piece {
        case .chunk(let text, let line):
          guard await session.run(chunk: text, name: name, line: line) else {
            try Task.checkCancellation()
            throw ExitStatus.failed
          }
        case .command(let line):
          switch await session.run(command: line) {
          case .done: continue
          case .failed: throw ExitStatus.failed
          case .quit: return
          }
        }
      }
    }
  }

  /// A text is a chunk, or else lines as they would be typed. Nothing runs of one that is neither.
  private func pieces(of text: String, _ name: String) async throws -> [Piece] {
    guard !text.allSatisfy(\.isWhitespace) else { return [] }
    guard !hasCommands(text), case .complete = await console.completeness(of: text, name: name) else {
      return try await lines(of: text, name)
    }
    return [.chunk(text, line: 1)]
  }

  /// Behind a call `.replay /tmp/a` could be Lua: a member, divided twice.
  private func hasCommands(_ text: String) -> Bool {
    let names = Set(ReplHelp.names(isAttached: false))
    return text.split(separator: "\n").contains { line in
      ReplSession.isCommand(String(line)) && names.contains(String(line.prefix { !$0.isWhitespace }))
    }
  }

  private func lines(of text: String, _ name: String) async throws -> [Piece] {
    var pieces: [Piece] = []
    var begun: (text: String, line: Int)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated() {
      if begun == nil, line.allSatisfy(\.isWhitespace) { continue }
      if begun == nil, ReplSession.isCommand(line) {
        pieces.append(.command(line))
        continue
      }
      let chunk = begun.map { ($0.text + "\n" + line, $0.line) } ?? (line, index + 1)
      switch await console.completeness(of: chunk.0, name: name, line: chunk.1) {
      case .complete:
        pieces.append(.chunk(chunk.0, line: chunk.1))
        begun = nil
      case .incomplete: begun = chunk
      case .wrong(let failure):
        await session.say(error: ReplText.failure(failure))
        throw ExitStatus.failed
      }
    }
    guard let begun else { return pieces }
    if case .incomplete = await console.completeness(of: begun.text, name: name, line: begun.line) {
      await session.say(error: "\(name):\(begun.line): what begins here does not end")
    }
    throw ExitStatus.failed
  }
}
