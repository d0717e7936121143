import BoxClient
import CMemory
import Ledger
import Logging
import LuaHost
import RuleEngine

extension Watcher {
  /// Polls last ten minutes at the most.
  private static let stalledAfter = Duration.seconds(1800)

  /// Runs `body`, and beside it what keeps a watcher going: taking up changed rules, checkpoints, and the socket for
  /// `status`.
  func operate<Result: Sendable>(
    _ live: Live, _ directory: StateDirectory, _ body: @escaping @Sendable () async -> Result
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
      group.addTask {
        await self.followRuleFiles(live)
        return nil
      }
      group.addTask {
        for await _ in self.reloads.stream { await self.reload(live) }
        return nil
      }
      group.addTask {
        await self.watch(live)
        return nil
      }
      group.addTask {
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
      stalled = tellOfStalls(live, at: now.wall, told: stalled)
    }
  }

  /// At rest: cuts the ledger's log, so that a restart has little to read, and gives memory back. Code that the rest
  /// does not need goes a while later, so that it is not fetched again for every event of a quiet stream.
  private func tidy(_ live: Live) async {
    var commits = -1
    var quietRounds = 0
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(5))
      let now = await live.committer.counters.commits
      guard now == commits, live.streams.allSatisfy(\.status.isCaughtUp), await live.crew.isIdle else {
        commits = now
        quietRounds = 0
        continue
      }
      quietRounds += 1
      if quietRounds == 1 {
        try? await live.ledger.checkpoint()
        for file in live.crew.engine.files { await file.rest() }
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

  // MARK: Reloading

  private func followRuleFiles(_ live: Live) async {
    guard let watch = FileWatch() else {
      return logger.warning("changes of rule files cannot be followed (inotify); SIGHUP takes them up")
    }
    while !Task.isCancelled {
      watch.follow(configuration.watchedFolders(of: live.crew.engine))
      guard await watch.change() else { return }
      reload()
    }
  }

  /// Takes up what changed of the rule files, between two pages. Returns at once.
  public func reload() { reloads.continuation.yield() }

  private func reload(_ live: Live) async {
    do {
      try await live.gate.whileAlone {
        let (sources, sets) = try configuration.sources()
        guard !sources.isEmpty else {
          return tellOfFailure([RuleProblem(file: "", line: 0, severity: .error, message: "no rule file is left")])
        }
        let report = try await live.crew.engine.reload(sources, leaving: { await live.crew.leave($0) }) {
          try await live.ledger.remembered(by: $0)
        }
        live.crew.setRuleSets(sets)
        let running = live.crew.engine.files
        try await live.committer.commit(report.results)
        for one in report.results where running.contains(where: { $0 === one.file }) {
          await live.crew.join(one.file, nextDue: one.result.nextDue)
        }
        try await release(report.changed.map(\.file), live)
        tell(report)
      }
    } catch let error as LedgerError {
      live.failed(error)
    } catch {
      tellOfFailure([RuleProblem(file: "", line: 0, severity: .error, message: "\(error)")])
    }
  }

  private func tellOfFailure(_ problems: [RuleProblem]) {
    reloadProblems.withLock { $0 = problems.map(\.description) }
    logger.error("reload: \(problems.map(\.message).joined(separator: "; ")); the rules that run go on")
  }

  /// Handlers of a changed file get another chance.
  private func release(_ files: [RuleFile], _ live: Live) async throws {
    let quarantined = Set(try await live.ledger.quarantined().map(\.handler))
    var commit = LedgerCommit()
    for file in files { commit.released += await file.handlerIdentities.filter { quarantined.contains($0) } }
    if !commit.released.isEmpty { try await live.committer.write(commit) }
  }

  private func tell(_ report: RuleEngine.Reload) {
    let errors = report.problems.filter { $0.severity == .error }
    reloadProblems.withLock { $0 = errors.map(\.description) }
    for problem in report.problems {
      logger.log(level: problem.severity == .error ? .error : .warning, "\(problem.plainText)")
    }
    for one in report.refused {
      let instead = one.running.map { "its generation \($0) goes on" } ?? "none of it runs"
      logger.error("reload: \(one.path) was not taken; \(instead)")
    }
    var parts: [String] = []
    func add(_ paths: [String], _ what: String) {
      if !paths.isEmpty { parts.append("\(what) \(paths.joined(separator: ", "))") }
    }
    add(report.changed.map(\.inWords), "changed")
    add(report.added.map(\.source.path), "new")
    add(report.removed, "gone")
    if !parts.isEmpty { logger.notice("reloaded: \(parts.joined(separator: "; "))") }
  }
}

extension RuleEngine.Reload.Change {
  /// `rules/a.lua (generation 2)`, with the modules that differ: `rules/a.lua (generation 2, by rules/lib/who.lua)`.
  fileprivate var inWords: String {
    let modules = texts.filter { $0 != source.path }
    let by = modules.isEmpty ? "" : ", by \(modules.joined(separator: ", "))"
    return "\(source.path) (generation \(generation)\(by))"
  }
}

extension WatcherConfiguration {
  /// The folders whose files decide what the rules are.
  func watchedFolders(of engine: RuleEngine) -> Set<String> {
    var folders = Set(engine.files.map(\.source.folder))
    for path in ruleSets.flatMap(\.paths) { folders.formUnion(RuleSource.folders(below: path)) }
    return folders
  }
}
