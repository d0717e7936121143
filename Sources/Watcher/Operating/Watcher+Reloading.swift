import BoxClient
import Ledger
import Logging
import RuleEngine
import Synchronization

/// Rule files that change are taken up while the watcher runs.
extension Watcher {
  /// Begins to follow the rule files; nil where the system does not allow it.
  func beginFollowing(_ live: Live) -> FileWatch? {
    guard let watch = FileWatch() else {
      logger.warning("changes of rule files cannot be followed (inotify); SIGHUP takes them up")
      return nil
    }
    follow(watch, live)
    return watch
  }

  /// Follows the rule files until it is cancelled.
  func followRuleFiles(_ live: Live, _ watch: FileWatch) async {
    while await watch.change() {
      // Before the files are read: what changes afterwards is another change.
      follow(watch, live)
      reloads.continuation.yield()
    }
  }

  /// Looks at the folders of the rules. One that came while the others were looked at is looked at too.
  private func follow(_ watch: FileWatch, _ live: Live) {
    var followed: Set<String>?
    while case let wanted = configuration.watchedFolders(of: live.crew.engine), wanted != followed {
      watch.follow(wanted)
      followed = wanted
    }
  }

  /// Takes up what changed of the rule files, between two pages, and logs what came of it, known or not. Returns at once.
  public func reload() {
    isReloadAsked.store(true, ordering: .relaxed)
    reloads.continuation.yield()
  }

  /// - Parameter isAsked: whether somebody waits for the answer: what is known is told again then.
  func reload(_ live: Live, isAsked: Bool) async {
    do {
      try await live.gate.whileAlone {
        let (sources, sets) = try configuration.sources()
        guard !sources.isEmpty else {
          return tellOfFailure("no rule file is left", isAsked)
        }
        let waiting = Dictionary(live.crew.engine.files.map { ($0.source.path, $0.backlog) }) { $1 }
        let report = try await live.crew.engine.reload(
          sources, startsFiles: false, leaving: { await live.crew.leave($0) }
        ) {
          try await live.ledger.remembered(by: $0)
        }
        live.crew.setRuleSets(sets)
        // What the old generations did at their end is written before the new ones begin.
        try await live.committer.commit(report.results)
        for file in report.changed.map(\.file) + report.added { await live.crew.join(file) }
        try await release(report.changed.map(\.file), live)
        tell(report, isAsked)
        for path in report.removed { tellOfMissing(path, waiting: waiting[path] ?? 0) }
      }
    } catch let error as LedgerError {
      live.failed(error)
    } catch {
      tellOfFailure("\(error)", isAsked)
    }
  }

  private func tellOfMissing(_ path: String, waiting: Int) {
    let kept = waiting == 0 ? "" : "; \(Count.text(waiting, "event")) of before stay in its backlog until it is back"
    logger.warning("\(path) is gone: its rules get nothing of what comes from now on\(kept)")
  }

  private func tellOfFailure(_ reason: String, _ isAsked: Bool) {
    let problem = RuleProblem(file: "", line: 0, severity: .error, message: reason)
    let before = reloadProblems.withLock { problems in
      defer { problems = [problem.description] }
      return problems
    }
    refusals.withLock { $0 = [] }
    guard isAsked || before != [problem.description] else { return }
    logger.error("reload: \(reason); the rules that run go on")
  }

  /// Handlers of a changed file get another chance.
  private func release(_ files: [RuleFile], _ live: Live) async throws {
    let quarantined = Set(try await live.ledger.quarantined().map(\.handler))
    var commit = LedgerCommit()
    for file in files { commit.released += await file.identities.filter { quarantined.contains($0) } }
    if !commit.released.isEmpty { try await live.committer.write(commit) }
  }

  private func tell(_ report: RuleEngine.Reload, _ isAsked: Bool) {
    let errors = report.problems.filter { $0.severity == .error }.map(\.description)
    let before = reloadProblems.withLock { problems in
      defer { problems = errors }
      return problems
    }
    // A file that is refused is tried again with every reload, whichever file has changed.
    let known = refusals.withLock { refused in
      defer { refused = report.refused }
      return refused
    }
    let repeated = isAsked ? [] : report.refused.filter(known.contains)
    for problem in report.problems where !repeated.contains(where: { $0.problems.contains(problem) }) {
      logger.log(level: problem.severity == .error ? .error : .warning, "\(problem.plainText)")
    }
    for one in report.refused where !repeated.contains(one) {
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
    if parts.isEmpty, report.refused.isEmpty, isAsked || !before.isEmpty { parts.append("nothing has changed") }
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
    for path in ruleSets.flatMap(\.paths) {
      folders.formUnion(RuleSource.folders(below: path))
      folders.formUnion(RuleSource.foldersOfLinks(in: path))
    }
    // A rule file may be a link itself.
    for file in engine.files { folders.formUnion(RuleSource.foldersOfLinks(in: file.source.path)) }
    return folders
  }
}
