import BoxClient
import RuleEngine
import Watcher

extension ReplSession {
  // MARK: .events, .tail

  func events(_ argument: String) async -> Ending {
    guard let count = argument.isEmpty ? 10 : Int(argument), count > 0 else {
      say(error: ".events takes a number, such as .events 20")
      return .failed
    }
    do {
      for event in try await newest(count) { print(event) }
      return .done
    } catch {
      return failed(error)
    }
  }

  private func newest(_ count: Int) async throws -> [Event] {
    switch place {
    case .attached(let console):
      let (texts, remark) = try await console.events(count)
      if let remark { screen.message(style.remark(remark) + "\n") }
      let events = texts.compactMap { try? Events(event: PaddedBytes($0.utf8)).entries.first }
      learn(events)
      return events
    case .here:
      if isInteractive { try startFeed() } else if let failure = access?.failure { throw failure }
      return (recent.count >= count ? recent : try await kept() + recent).suffix(count)
    }
  }

  /// The newest events that Box keeps, without those that came here.
  private func kept() async throws -> [Event] {
    guard let access else { return [] }
    let kept = try await NewestEvents(of: streamType, client: access.client)
    if let remark = kept.remark { screen.message(style.remark(remark) + "\n") }
    let known = Set(recent.map(\.digest))
    learn(kept.events)
    return kept.events.filter { !known.contains($0.digest) }
  }

  func tail(_ type: String) async -> Ending {
    guard isInteractive else {
      say(error: ".tail is for a terminal", advice: "boxwatch events --follow prints events as they come.")
      return .failed
    }
    let types = type.isEmpty || type == "*" ? nil : Set(EventNames.types(of: type))
    do {
      switch place {
      case .here: try startFeed()
      case .attached(let console): try await console.tail(true)
      }
    } catch {
      return failed(error)
    }
    tailed = { types?.contains($0.eventType) ?? true }
    screen.message(style.remark("events as they come; Ctrl-C ends it") + "\n")
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    tailed = nil
    // In a task of its own: this one is cancelled.
    if case .attached(let console) = place { await Task { try? await console.tail(false) }.value }
    return .done
  }

  // MARK: .explain

  func explain(_ id: String) async -> Ending {
    guard !id.isEmpty else {
      say(error: ".explain takes an event's id, such as .explain 9a1c…", advice: ".events shows events with their ids.")
      return .failed
    }
    do {
      let explanations: [EventExplanation]
      switch place {
      case .attached(let console):
        guard let answer = try await console.explain(id) else { return .failed }
        for problem in answer.problems { screen.message(style.remark(problem) + "\n") }
        if let event = try Events(event: PaddedBytes(answer.event.utf8)).entries.first { print(event) }
        explanations = answer.handlers
      case .here(let console):
        guard let event = try await find(id) else {
          say(
            error: "no event \(id): it did not come to this prompt, and is not among the newest that Box keeps",
            advice: ".events shows the newest with their ids.")
          return .failed
        }
        print(event)
        let events = try Events(event: PaddedBytes(event.withUnsafeText { Array($0) }))
        explanations = await console.explain(events, 0, stream: "default")
      }
      let text = ReplText.explanation(explanations, columns: Terminal.columns ?? 80)
      await page(text.isEmpty ? "nothing is registered\n" : text)
      return .done
    } catch {
      return failed(error)
    }
  }

  /// An event that came here, or that Box keeps. The beginning of its id is enough.
  private func find(_ id: String) async throws -> Event? {
    if let event = recent.last(where: { $0.id?.hasPrefix(id) == true }) { return event }
    guard let access, access.failure == nil else { return nil }
    return try await kept().last { $0.id?.hasPrefix(id) == true }
  }
}
