import BoxClient
import EventFeed
import Ledger
import Logging
import ServiceLifecycle

extension Watcher {
  /// Why a watcher ends.
  struct Ending: Sendable {
    let reason: String
    let error: (any Error)?
    /// Whether all was done that was to be done.
    var isDone = false
  }

  enum Happening: Sendable {
    case streamEnded(StreamRunner, (any Error)?)
    /// The ledger, or what else a watcher cannot do without.
    case failed(any Error)
    case shutdown
    case timedOut
    /// Nothing is left in the backlogs that would be done soon.
    case idle
  }

  /// Follows the streams until all have ended, or something else ends the watcher.
  func follow(_ live: Live, _ failures: AsyncStream<any Error>) async -> Ending {
    let progress: [StreamProgress]
    do {
      progress = try await live.ledger.streams()
    } catch {
      return Ending(reason: "the ledger cannot be read", error: error)
    }
    return await withTaskGroup(of: Happening?.self) { group in
      for runner in live.streams {
        let stored = progress.first { $0.stream == runner.stream.name }
        if let position = stored?.position, configuration.resets[runner.stream.name] == nil {
          logger.notice(
            "stream \(runner.stream.name) goes on at position \(position)\(configuration.isStartNamed ? "; --from counts at the first start only, --reset-position moves it" : "")"
          )
        }
        group.addTask(executorPreference: NetworkExecutor.shared) {
          do {
            try await runner.run()
            return .streamEnded(runner, nil)
          } catch {
            return .streamEnded(runner, error)
          }
        }
      }
      group.addTask {
        for await failure in failures { return .failed(failure) }
        return nil
      }
      group.addTask {
        // Ends when it is cancelled, or when the shutdown begins.
        try? await gracefulShutdown()
        return Task.isCancelled ? nil : .shutdown
      }
      if let once = configuration.once {
        group.addTask { await Self.isUnreachable(live.streams, for: once.timeout) ? .timedOut : nil }
      }
      let ending = await self.ending(&group, live)
      await self.beginEnding(live)
      group.cancelAll()
      await group.waitForAll()
      return ending
    }
  }

  func ending(_ group: inout TaskGroup<Happening?>, _ live: Live) async -> Ending {
    var running = live.streams.count
    var lastError: (any Error)?
    while let happening = await group.next() {
      switch happening {
      case nil: continue
      case .idle:
        let reason = live.crew.isIdle ? "all is caught up" : "what is left waits for another attempt"
        return Ending(reason: reason, error: nil, isDone: true)
      case .shutdown: return Ending(reason: "a signal came", error: nil)
      case .failed(let error):
        return Ending(reason: error is LedgerError ? "the ledger failed" : "it cannot go on", error: error)
      case .timedOut:
        return Ending(
          reason: "Box is out of reach", error: lastError ?? WatcherError.unreachable(Self.trouble(live.streams)))
      case .streamEnded(let runner, let error):
        running -= 1
        if let error {
          // One stream that fails never stops the others.
          runner.stopped(because: "\(error)")
          logger.error("stream \(runner.stream.name) has ended: \(error)")
          lastError = error
          if error is LedgerError { return Ending(reason: "the ledger failed", error: error) }
        }
        guard running == 0 else { continue }
        guard lastError == nil, configuration.once != nil else {
          return Ending(reason: "no stream is left", error: lastError)
        }
        group.addTask {
          await self.workOffBacklogs(live)
          return .idle
        }
      }
    }
    return Ending(reason: "nothing is left to do", error: nil)
  }

  /// Returns when nothing is left in the backlogs, or, as with deliveries, nothing but further attempts of the same
  /// events for as long as the grace period; or when cancelled. An attempt that has begun is waited for.
  private func workOffBacklogs(_ live: Live) async {
    var waited: [Int64]?
    var end: ContinuousClock.Instant?
    while !Task.isCancelled, !live.crew.isIdle {
      let retried = live.crew.retriedEntries
      if retried != waited {
        waited = retried
        end = retried.map { _ in .now + configuration.grace }
      }
      if let end, .now >= end, live.crew.isPausing { return }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Returns true when Box has not answered any stream that goes on for that long; false when cancelled. What waits for
  /// something else, such as a turn in the call budget or the time that Box asked for, waits for no answer.
  static func isUnreachable(_ streams: [StreamRunner], for limit: Duration) async -> Bool {
    let begun = WallClock.now
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(200))
      let going = streams.filter { !$0.status.hasEnded }
      let areAllSilent = going.allSatisfy { runner in
        if let since = runner.stream.client.failingSince, .now - since >= limit { return true }
        let status = runner.status
        return status.isOutOfReach && WallClock.now - (status.answeredAt ?? begun) >= limit
      }
      if !going.isEmpty, areAllSilent { return true }
    }
    return false
  }

  static func trouble(_ streams: [StreamRunner]) -> String {
    streams.compactMap(\.status.trouble).first ?? streams.compactMap(\.stream.client.failure).first ?? "no answer"
  }
}
