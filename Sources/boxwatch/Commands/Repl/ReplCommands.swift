import BoxClient
import EventFeed
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
    case ".help": return help(argument)
    case ".events": return await events(argument)
    case ".tail": return await tail(argument)
    case ".load": return await load(argument)
    case ".rules": return await rules()
    case ".replay": return await replay(argument)
    case ".json":
      guard let isOn = onOrOff(argument, ".json") else { return .failed }
      form = isOn ? .json : isInteractive ? .readable : .text
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

  private func help(_ name: String) -> Ending {
    guard !name.isEmpty else {
      screen.output(Self.overview)
      return .done
    }
    if let entry = APIReference.entry(name) {
      screen.output(entry.text)
      for inner in APIReference.entries(below: entry.name) { screen.output("\(inner.signature)\n") }
      return .done
    }
    let inner = APIReference.entries(below: name)
    guard inner.isEmpty else {
      for entry in inner { screen.output("\(entry.signature)\n") }
      return .done
    }
    say(error: "there is no help on \"\(name)\"", advice: ".help lists what there is.")
    return .failed
  }

  private static let overview = """
    .help NAME     what box.on, box.events and the others do, each with an example
    .events [N]    the newest events
    .tail [TYPE]   events as they come, until Ctrl-C
    .load FILE     run a file here, as if it was typed
    .rules         what is registered
    .replay FILE   the handlers over recorded events
    .json on|off   values as JSON
    .time on|off   how long each chunk takes
    .quit          end (or Ctrl-D)
    Anything else is Lua. An expression's value is printed, and `_` is the last one. Tab completes. Ctrl-C ends what runs.

    \(APIReference.entries.map(\.name).joined(separator: " "))

    """

  // MARK: Events

  private func events(_ argument: String) async -> Ending {
    guard let count = argument.isEmpty ? 10 : Int(argument), count > 0 else {
      say(error: ".events takes a number, such as .events 20")
      return .failed
    }
    do {
      if isInteractive { try startFeed() } else if let failure = access.failure { throw failure }
      let shown = recent.count >= count ? recent : try await kept() + recent
      for event in shown.suffix(count) { print(event) }
      return .done
    } catch {
      return failed(error)
    }
  }

  /// The newest events that Box keeps, of at most twenty pages.
  private func kept() async throws -> [Event] {
    let known = Set(recent.map(\.digest))
    var query = GetEventsQueryParams(streamType: streamType, streamPosition: .beginning)
    if streamType == .adminLogs {
      query = GetEventsQueryParams(streamType: streamType, createdAfter: WallClock.now - .seconds(24 * 3600))
    }
    var backlog = EventBacklog(client: access.client, query: query)
    var events: [Event] = []
    for page in 1...20 {
      guard let next = try await backlog.nextPage() else { return events }
      events += next.freshEvents.filter { !known.contains($0.digest) }
      events = events.suffix(Self.mostRecent)
      if page == 20 { screen.message(style.remark("Box keeps more; these are of the first \(page) pages") + "\n") }
    }
    return events
  }

  private func tail(_ type: String) async -> Ending {
    guard isInteractive else {
      say(error: ".tail is for a terminal", advice: "boxwatch events --follow prints events as they come.")
      return .failed
    }
    do {
      try startFeed()
    } catch {
      return failed(error)
    }
    let types = type.isEmpty || type == "*" ? nil : Set(EventNames.types(of: type))
    tailed = { types?.contains($0.eventType) ?? true }
    screen.message(style.remark("events as they come; Ctrl-C ends it") + "\n")
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    tailed = nil
    return .done
  }

  // MARK: Files

  private func load(_ path: String) async -> Ending {
    guard !path.isEmpty else {
      say(error: ".load takes a file, such as .load rules/uploads.lua")
      return .failed
    }
    do {
      let text = String(decoding: try RuleSource.text(of: path), as: UTF8.self)
      return await run(chunk: text, name: path) ? .done : .failed
    } catch {
      return failed(error)
    }
  }

  private func rules() async -> Ending {
    let registrations = await console.registrations()
    if registrations.isEmpty { screen.message(style.remark("nothing is registered; .help box.on") + "\n") }
    for registration in registrations { screen.output(ReplText.registration(registration) + "\n") }
    return .done
  }

  private func replay(_ path: String) async -> Ending {
    guard !path.isEmpty else {
      say(error: ".replay takes a file of events, such as .replay events.jsonl")
      return .failed
    }
    isReplaying = true
    let ending: Ending
    do {
      let count = try await console.replay([path]) { outcomes in
        await self.report(outcomes)
      } badLine: { [screen, style] line in
        screen.message(style.remark("\(line)") + "\n")
      }
      screen.message(style.remark("\(count) events handled") + "\n")
      ending = .done
    } catch {
      ending = failed(error)
    }
    isReplaying = false
    for page in held { await handle(page) }
    held = []
    restartClock()
    return ending
  }

  private func failed(_ error: any Error) -> Ending {
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
