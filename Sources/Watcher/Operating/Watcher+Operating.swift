import BoxClient
import CMemory
import Ledger
import Logging
import RuleEngine
import Synchronization

extension Watcher {
  /// Polls last ten minutes at the most.
  private static let stalledAfter = Duration.seconds(1800)

  /// Runs `body`, and beside it what keeps a watcher going: taking up changed rules, checkpoints, and the socket for
  /// `status`.
  func operate<Result: Sendable>(
    _ live: Live, _ directory: StateDirectory, _ watch: FileWatch?, _ body: @escaping @Sendable () async -> Result
  ) async throws -> Result {
    let socket = ControlSocket(directory, logger: logger) { prompt, connection in
      await self.attach(prompt, connection)
    } answer: { request in
      await self.answer(request)
    }
    return await withTaskGroup(of: Result?.self) { group in
      group.addTask {
        await socket.run()
        return nil
      }
      group.addTask { await body() }
      if let (host, port) = configuration.metrics {
        let server = MetricsServer(host: host, port: port, logger: logger) { try? await self.status(live) }
        group.addTask {
          do {
            try await server.run()
          } catch {
            live.failed(error)
          }
          return nil
        }
      }
      if let watch {
        group.addTask {
          await self.followRuleFiles(live, watch)
          return nil
        }
      }
      group.addTask {
        for await _ in self.reloads.stream {
          await self.reload(live, isAsked: self.isReloadAsked.exchange(false, ordering: .relaxed))
        }
        return nil
      }
      group.addTask {
        await self.watch(live)
        return nil
      }
      // By name: behind an actor's call it would go on wherever that ran, and giving memory back takes a while.
      group.addTask(executorPreference: globalConcurrentExecutor) {
        await self.tidy(live)
        return nil
      }
      var result: Result?
      while result == nil, let next = await group.next() { result = next }
      group.cancelAll()
      await group.waitForAll()
      return result!
    }
  }

  /// Looks every five seconds for streams that stand still and for jumps of the clock.
  private func watch(_ live: Live) async {
    var stalled: Set<String> = []
    var before = (wall: WallClock.now, steady: ContinuousClock.now)
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(5))
      let now = (wall: WallClock.now, steady: ContinuousClock.now)
      let jump = (now.wall - before.wall) - (now.steady - before.steady)
      before = now
      if jump > .seconds(60) || jump < .seconds(-60) {
        logger.warning("the system's clock was moved by \(jump.roundedText); timers go by the new time")
      }
      // Streams that wait for the ledger are no stalls: that it cannot be written has been told.
      if await live.committer.counters.trouble == nil {
        stalled = tellOfStalls(live, at: now.wall, told: stalled)
      }
    }
  }

  /// At rest: cuts the ledger's log, so that a restart has little to read, and gives memory back. Code that the rest
  /// does not need goes a while later, so that it is not fetched again for every event of a quiet stream. Without a rest,
  /// memory that bursts have left free is given back every minute.
  private func tidy(_ live: Live) async {
    var commits = -1
    var (quietRounds, busyRounds) = (0, 0)
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(5))
      let now = await live.committer.counters.commits
      guard now == commits, live.streams.allSatisfy(\.status.isCaughtUp), live.crew.isIdle else {
        commits = now
        quietRounds = 0
        busyRounds += 1
        if busyRounds.isMultiple(of: 12) { cmem_trim() }
        continue
      }
      quietRounds += 1
      if quietRounds == 1 {
        do {
          try await live.committer.moveLog(longerThan: 0)
        } catch {
          live.failed(error)
        }
        for file in live.crew.engine.files { await file.rest() }
        PageParser.releaseMemory()
        cmem_trim()
      }
      if quietRounds == 4 { _ = cmem_release_code() }
    }
  }

  /// Names streams that have given no sign for longer than any poll lasts, and that nobody stopped; each once.
  private func tellOfStalls(_ live: Live, at now: Timestamp, told: Set<String>) -> Set<String> {
    let stalled = live.streams.filter { runner in
      let status = runner.status
      guard status.stopped == nil, status.heldBy == nil, let last = status.lastSign else { return false }
      return now - last > Self.stalledAfter
    }
    for runner in stalled where !told.contains(runner.stream.name) {
      logger.error(
        "stream \(runner.stream.name) has given no sign for \(Self.stalledAfter.roundedText); if this lasts, start the watcher anew"
      )
    }
    return Set(stalled.map(\.stream.name))
  }
}
