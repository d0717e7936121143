import BoxClient
import EventFeed

/// The events that come while a prompt is open.
final class ReplFeed: Sendable {
  private let reading: Task<Void, Never>
  private let listening: Task<Void, Never>

  init(_ feed: EventFeed, for session: ReplSession) {
    reading = Task {
      do {
        for try await page in feed { await session.take(page) }
      } catch {
        await session.feedEnded(error)
      }
    }
    listening = Task {
      for await notice in feed.notices {
        switch notice {
        case .waiting(let duration, let reason, let error?):
          await session.feedPaused("\(reason.rawValue), next in \(duration.roundedText): \(error)")
        case .newChange(let change): await session.rung(change)
        default: continue
        }
      }
    }
  }

  func stop() {
    reading.cancel()
    listening.cancel()
  }
}

extension ReplSession {
  /// From now on events come. Throws ``CommandFailure`` where there are no credentials.
  func startFeed() throws(CommandFailure) {
    guard feed == nil, let access else { return }
    if let failure = access.failure { throw failure }
    let configuration = EventFeed.Configuration(streamType: streamType, start: .position(.now))
    feed = ReplFeed(EventFeed(client: access.client, configuration: configuration), for: self)
  }

  func take(_ page: FeedPage) async {
    let fresh = page.fresh.map { page.events.entries[$0] }
    recent = (recent + fresh).suffix(Self.mostRecent)
    show(fresh)
    guard !isReplaying else {
      held.append(page)
      return
    }
    await handle(page)
  }

  func handle(_ page: FeedPage) async {
    guard !page.fresh.isEmpty else { return }
    guard let here else { return }
    report(await here.handle(page.events, fresh: page.fresh, stream: "default"))
    restartClock()
  }

  /// Events that came: `.tail` prints them, completion learns their fields.
  func show(_ events: [Event]) {
    if let tailed { for event in events where tailed(event) { print(event) } }
    learn(events)
  }

  func learn(_ events: [Event]) {
    completer.withLock { completer in
      for event in events.suffix(50) { completer.seen.add(event.withUnsafeText { Array($0) }) }
    }
  }

  func print(_ event: Event) {
    let line =
      form == .json ? TerminalText.escapedJSON(event.text) : ReplText.line(event, columns: Terminal.columns)
    screen.output(line + "\n")
  }

  func rung(_ change: NewChange) async {
    guard let here else { return }
    let position = change.position?.text ?? ""
    report(await here.newChange(stream: "default", position: position, receivedAt: change.receivedAt))
  }

  func feedPaused(_ why: String) { screen.message(style.remark(why) + "\n") }

  func feedEnded(_ error: any Error) {
    feed = nil
    guard !(error is CancellationError) else { return }
    screen.message("no more events: " + (ErrorMessage(error)?.text ?? "\(error)\n"))
  }
}
