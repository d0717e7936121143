import BoxClient
import Ledger
import Synchronization
import Watcher

// A prompt inside a running watcher: its state and its accounts, over its socket.
extension ReplCommand {
  func open(attachedTo path: String, for work: Work) async throws {
    let wake = WakePipe()
    let screen = PromptScreen(wake: wake)
    let (messages, feed) = AsyncStream<AttachedMessage?>.makeStream()
    let prompt = ControlRequest.Prompt(rules: attachedRules.map(Self.resolved), allowWrite: allowWrite)
    guard let directory = try StateDirectory.find(path),
      let console = try await AttachedConsole.open(
        directory, prompt,
        take: { message in
          // In the order in which it was printed, and before the chunk's own answer.
          if let printed = message?.printed {
            screen.output((screen.outputIsTerminal ? TerminalText.escapedLines(printed) : printed) + "\n")
          } else if let logged = message?.logged {
            screen.message(TerminalText.escapedLines(logged) + "\n")
          } else {
            feed.yield(message)
          }
        })
    else {
      throw CommandFailure(
        .unreachable, "no watcher runs on \(path)", advice: "boxwatch run --state \(path) starts one.")
    }
    let session = ReplSession(
      .attached(console), screen: screen, style: ReplStyle(noColor: display.noColor), access: nil, streamType: .all,
      isInteractive: isInteractive)
    let listening = Task {
      for await message in messages { await session.take(message) }
    }
    defer { listening.cancel() }
    // A configuration that is wrong is the watcher's concern, not the prompt's.
    let secrets = KnownSecrets.all(try? configurationOptions.read(), state: path)
    try await run(
      work, session, screen, wake, state: path, secrets: secrets, greeting: Self.greeting(console.attachment))
  }

  /// A file as the watcher, which may be in another folder, finds it; a namespace as it is.
  private static func resolved(_ rules: String) -> String { FileExists.at(rules) ? ResolvedPath.of(rules) : rules }

  private static func greeting(_ attachment: AttachedMessage.Attachment) -> String {
    let place = attachment.path.map { "the state of \($0)" } ?? "no rule file's state (--rules FILE names one)"
    let right = attachment.allowsWrite ? "What chunks change is kept." : "Nothing is changed."
    let first = "boxwatch \(Version.text), in the watcher with the process id \(attachment.process): \(place)."
    return TerminalText.escaped(first) + "\n\(right) .help helps, Ctrl-D leaves.\n"
  }
}

extension ReplSession {
  /// What the watcher tells beside its answers.
  func take(_ message: AttachedMessage?) {
    guard let message else {
      guard isInteractive else { return }
      return say(error: "the watcher has gone", advice: "Ctrl-D leaves.")
    }
    if let missed = message.missed { screen.message(style.remark("left out: \(Count.text(missed, "event"))") + "\n") }
    show((message.events ?? []).compactMap { try? Events(event: PaddedBytes($0.utf8)).entries.first })
  }
}
