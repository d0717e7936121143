import BoxClient
import Ledger
import RuleEngine

extension AttachedPrompt {
  /// The newest events: those that came while the prompt was attached, and, where these are too few, what Box keeps.
  func events(_ count: Int, _ answer: inout AttachedAnswer) async throws {
    var texts = recent.entries.map(\.text)
    if texts.count < count {
      let kept = try await kept()
      let known = Set(texts)
      texts = kept.events.map { $0.withUnsafeText { Array($0) } }.filter { !known.contains($0) } + texts
      answer.remark = kept.remark
    }
    answer.events = texts.suffix(min(count, 1000)).map { String(decoding: $0, as: UTF8.self) }
  }

  private func kept() async throws -> NewestEvents {
    let stream = watcher.configuration.streams[0]
    return try await NewestEvents(of: stream.streamType, client: stream.client)
  }

  /// What the watcher's rules make of an event: in a generation of their own, loaded from the files as they are now,
  /// with what the ledger holds. Nothing is carried out and nothing kept.
  func explain(_ id: String, _ answer: inout AttachedAnswer) async throws {
    guard let entry = try await find(id) else {
      throw AttachingProblem(
        "no event \(id): it did not come since the prompt was attached, is in no backlog, is not parked, and is not among "
          + "the newest that Box keeps")
    }
    answer.explanation = try await explanation(of: entry)
  }

  private nonisolated func explanation(
    of entry: RecentEvents.Entry
  ) async throws -> AttachedAnswer.Explanation {
    let events = try Events(event: PaddedBytes(entry.text))
    let stream = watcher.configuration.streams.first { $0.name == entry.stream }
    let (all, sets) = try watcher.configuration.sources()
    let sources = all.filter { file in
      guard source == nil || file.path == source?.path else { return false }
      return stream?.ruleSets.map { !$0.isDisjoint(with: sets[file.path] ?? []) } ?? true
    }
    let shared = try await cells(of: [Committer.sharedNamespace])[0]
    let (engine, problems) = await RuleEngine.load(
      sources, options: watcher.configuration.options, services: explainingServices, threadCount: 1, sharedCells: shared
    )
    do {
      let quarantined = try await reading { Set(try $0.quarantined().map(\.handler)) }
      try await engine.restore { namespace in
        RememberedState(
          cells: try await self.cells(of: [namespace])[0], quarantined: quarantined, backlog: 0)
      }
      let handlers = await engine.explain(events, 0, stream: entry.stream)
      await engine.close()
      return AttachedAnswer.Explanation(
        event: String(decoding: entry.text, as: UTF8.self), handlers: handlers,
        problems: problems.filter { $0.severity == .error }.map(\.plainText))
    } catch {
      await engine.close()
      throw error
    }
  }

  /// The beginning of an id is enough, but for the ledger.
  private func find(_ id: String) async throws -> RecentEvents.Entry? {
    func has(_ text: [UInt8]) -> Bool {
      (try? Events(event: PaddedBytes(text)).entries.first)?.id?.hasPrefix(id) == true
    }
    if let entry = recent.entries.last(where: { has($0.text) }) { return entry }
    if let stored = try await reading({ try $0.event(id) }) {
      return RecentEvents.Entry(stream: stored.stream, text: stored.text)
    }
    guard let event = try await kept().events.last(where: { $0.id?.hasPrefix(id) == true }) else { return nil }
    return RecentEvents.Entry(
      stream: watcher.configuration.streams[0].name, text: event.withUnsafeText { Array($0) })
  }
}

extension Cell {
  /// Nil for one of a newer program.
  var state: StateCell? {
    StateCell.Part(rawValue: part).map { StateCell(part: $0, key: key, value: value) }
  }
}
