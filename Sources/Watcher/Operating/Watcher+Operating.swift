import BoxClient
import Ledger
import Logging
import RuleEngine

extension Watcher {
  /// How long a handler may run without a break before it is taken for one that no budget can end. Far beyond every
  /// budget: a machine that swaps must not look like it.
  private static let stuckAfter = Duration.seconds(20)

  /// Runs `body`, and beside it what keeps a watcher going: taking up changed rules, checkpoints, the watchdog, and the
  /// socket for `status`.
  func operate<Result: Sendable>(
    _ live: Live, _ directory: StateDirectory, _ body: @escaping @Sendable () async -> Result
  ) async throws -> Result {
    let socket = ControlSocket(directory, logger: logger) { request in await self.answer(request) }
    return await withTaskGroup(of: Result?.self) { group in
      group.addTask {
        await socket.run()
        return nil
      }
      group.addTask { await body() }
      group.addTask {
        await self.followRuleFiles(live)
        return nil
      }
      group.addTask {
        await self.watch(live)
        return nil
      }
      var result: Result?
      while result == nil, let next = await group.next() { result = next }
      group.cancelAll()
      await group.waitForAll()
      return result!
    }
  }

  /// Looks every five seconds for a handler that cannot be ended, and for a log of the ledger that wants to be cut.
  private func watch(_ live: Live) async {
    var tidied = 0
    var before = (wall: WallClock.now, steady: ContinuousClock.now)
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(5))
      let now = (wall: WallClock.now, steady: ContinuousClock.now)
      let jump = (now.wall - before.wall) - (now.steady - before.steady)
      before = now
      if jump > .seconds(60) || jump < .seconds(-60) {
        logger.warning("the system's clock was moved by \(jump.roundedText); timers go by the new time")
      }
      let commits = await live.committer.counters.commits
      if commits != tidied, live.streams.allSatisfy(\.status.isCaughtUp), await live.crew.isIdle {
        // At rest: a restart has little to read then.
        tidied = commits
        try? await live.ledger.checkpoint()
        FreeMemory.giveBack()
      }
      guard let handler = live.crew.engine.stuckHandler(for: Self.stuckAfter) else { continue }
      await restart(live, because: handler)
    }
  }

  /// Sets the handler aside and starts the program anew: nothing else can end what runs.
  private func restart(_ live: Live, because handler: String) async {
    logger.critical(
      "\(handler) has run for \(Self.stuckAfter.roundedText) and cannot be ended; it is set aside, and the watcher starts anew"
    )
    var commit = LedgerCommit()
    commit.quarantined = [
      Quarantine(handler: handler, since: WallClock.now.milliseconds, reason: "could not be ended")
    ]
    _ = try? await live.committer.write(commit)
    Restart.now()
  }

  // MARK: Reloading

  private func followRuleFiles(_ live: Live) async {
    guard let watch = FileWatch() else {
      return logger.warning("changes of rule files cannot be followed (inotify); SIGHUP takes them up")
    }
    while !Task.isCancelled {
      watch.follow(configuration.watchedFolders(of: live.crew.engine))
      guard await watch.change() else { return }
      await reload(live)
    }
  }

  /// Takes up what changed of the rule files, between two pages.
  public func reload() async {
    guard let live = current else { return }
    await reload(live)
  }

  private func reload(_ live: Live) async {
    do {
      let (sources, sets) = try configuration.sources()
      guard !sources.isEmpty else {
        logger.error("reload: no rule file is left; the rules that run go on")
        return
      }
      try await live.gate.whileInside {
        let old = live.crew.engine.files
        let report = try await live.crew.engine.reload(sources, leaving: { await live.crew.leave($0) }) {
          try await live.ledger.remembered(by: $0)
        }
        live.crew.setRuleSets(sets)
        try await live.committer.commit(report.results)
        try await release(report.changed, live)
        for one in report.results where live.crew.engine.files.contains(where: { $0 === one.file }) {
          await live.crew.join(one.file, nextDue: one.result.nextDue)
        }
        tell(report, old.count)
      }
    } catch {
      logger.error("reload: \(error); the rules that run go on")
    }
  }

  /// Handlers of a changed file get another chance.
  private func release(_ files: [RuleFile], _ live: Live) async throws {
    let quarantined = Set(try await live.ledger.quarantined().map(\.handler))
    var commit = LedgerCommit()
    for file in files { commit.released += await file.handlerIdentities.filter { quarantined.contains($0) } }
    if !commit.released.isEmpty { try await live.committer.write(commit) }
  }

  private func tell(_ report: RuleEngine.Reload, _ before: Int) {
    for problem in report.problems {
      logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
    }
    if report.problems.contains(where: { $0.severity == .error }) {
      logger.error("reload: a file was not taken; where an earlier generation of it runs, that goes on")
    }
    var parts: [String] = []
    func add(_ paths: [String], _ what: String) {
      if !paths.isEmpty { parts.append("\(what) \(paths.joined(separator: ", "))") }
    }
    add(report.changed.map(\.source.path), "changed")
    add(report.added.map(\.source.path), "new")
    add(report.removed, "gone")
    if !parts.isEmpty { logger.notice("reloaded: \(parts.joined(separator: "; "))") }
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
