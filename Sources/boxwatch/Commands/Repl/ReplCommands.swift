import RuleEngine

/// The commands that begin with a dot.
extension ReplSession {
  enum Ending { case done, failed, quit }

  /// Whether the line is a command: a dot and a letter, with which no Lua begins.
  static func isCommand(_ line: String) -> Bool {
    line.first == "." && line.dropFirst().first?.isLetter == true
  }

  func run(command line: String) async -> Ending {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    let argument = words.dropFirst().joined(separator: " ")
    switch words.first {
    case ".help": return await help(argument)
    case ".events": return await events(argument)
    case ".explain": return await explain(argument)
    case ".tail": return await tail(argument)
    case ".load": return await load(argument)
    case ".rules": return await rules()
    case ".replay": return await replay(argument)
    case ".all":
      guard await unfold() else {
        say(error: "nothing is folded", advice: "A table that is long or deep is; .all then shows the whole of it.")
        return .failed
      }
    case ".json":
      guard let isOn = onOrOff(argument, ".json") else { return .failed }
      form = isOn ? .json : isInteractive ? .readable : .text
    case ".pager":
      guard let isOn = onOrOff(argument, ".pager") else { return .failed }
      isPaged = isOn
    case ".time":
      guard let isOn = onOrOff(argument, ".time") else { return .failed }
      isTimed = isOn
    case ".quit": return .quit
    default:
      say(error: "there is no command \(words.first ?? line)", advice: ".help lists what there is.")
      return .failed
    }
    return .done
  }

  private func onOrOff(_ word: String, _ command: String) -> Bool? {
    switch word {
    case "on": return true
    case "off": return false
    default:
      say(error: "\(command) takes on or off")
      return nil
    }
  }

  // MARK: Help

  private func help(_ name: String) async -> Ending {
    guard !name.isEmpty else {
      await page(ReplHelp.overview(isAttached: here == nil, columns: Terminal.columns ?? 80))
      return .done
    }
    if let entry = APIReference.entry(name) {
      var text = entry.text
      for inner in APIReference.entries(below: entry.name) { text += "\(inner.signature)\n" }
      await page(text)
      return .done
    }
    let inner = APIReference.entries(below: name)
    guard inner.isEmpty else {
      await page(inner.map { $0.signature + "\n" }.joined())
      return .done
    }
    if let command = ReplHelp.command(name, isAttached: here == nil) {
      screen.output(command + "\n")
      return .done
    }
    say(error: "there is no help on \"\(name)\"", advice: ".help lists what there is.")
    return .failed
  }

  // MARK: What every command needs

  func failed(_ error: any Error) -> Ending {
    switch error {
    case is CancellationError: say(error: "cancelled")
    case let failure as CommandFailure: say(error: failure.problem, advice: failure.advice)
    default: say(error: ErrorMessage(error).map { Self.words($0.text) } ?? "\(error)")
    }
    return .failed
  }

  /// The words of a message without the command's name.
  private static func words(_ text: String) -> String {
    let mark = "boxwatch: error: "
    let words = text.hasPrefix(mark) ? text.dropFirst(mark.count) : text[...]
    return String(words.last == "\n" ? words.dropLast() : words)
  }
}
