import BoxClient
import Ledger
import RuleEngine

extension Watcher {
  /// Answers a request that came over the socket.
  func answer(_ request: ControlRequest) async -> ControlAnswer {
    guard let live = current else { return .error("the watcher is just starting or ending") }
    do {
      switch request.command {
      case .status: return .status(try await status(live))
      case .retry: return .parked(try await retry(request.ids ?? [], live))
      case .drop: return .parked(try await drop(request.ids ?? [], live))
      // The socket hands the connection over before it comes to this.
      case .attach: return .error("a prompt is attached by its connection")
      }
    } catch {
      return .error("\(error)")
    }
  }

  private func retry(_ ids: [Int64], _ live: Live) async throws -> ParkedOutcome {
    // Between two pages, so that no reload puts another generation in the place of a file meanwhile.
    try await live.gate.whileAlone {
      var change = try await ParkedChange(ids, in: live.ledger)
      var files: [String: RuleFile] = [:]
      for file in live.crew.engine.files { files[file.namespace] = file }
      change.leaveMalformed()
      change.keep(namespaces: Set(files.keys), sinks: live.outbox.names)
      let now = WallClock.now
      let deliveries = try change.dueAgain(at: now)
      let quarantined = Set(try await live.ledger.quarantined().map(\.handler))
      try await live.committer.retry(change.retry(at: now, quarantined: quarantined), deliveries)
      for (namespace, events) in Dictionary(grouping: change.events, by: \.parked.namespace) {
        guard let file = files[namespace] else { continue }
        for handler in Set(events.map(\.parked.failure.handler)) { await file.release(handler) }
        await file.backlogGrew(by: events.count)
        live.crew.wake(file)
      }
      logger.notice("tried again on request: \(change.countsInWords)")
      return change.done
    }
  }

  private func drop(_ ids: [Int64], _ live: Live) async throws -> ParkedOutcome {
    try await live.gate.whileAlone {
      let change = try await ParkedChange(ids, in: live.ledger)
      try await live.committer.write(change.drop())
      logger.notice("dropped on request: \(change.countsInWords)")
      return change.done
    }
  }
}
