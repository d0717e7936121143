import BoxClient
import Ledger
import RuleEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Watcher {
  /// How long a rule file may take to say how it is. One that computes cannot answer before it is done.
  private static let patience = Duration.seconds(1)

  func status(_ live: Live) async throws(LedgerError) -> StatusReport {
    let now = WallClock.now.rounded
    var report = StatusReport(running: true, time: now)
    report.version = configuration.options.version
    report.process = getpid()
    report.since = started.rounded
    report.streams = live.streams.map { StatusReport.Stream($0, at: now) }
    report.rules = await rules(live)
    report.sinks = live.outbox.names.sorted().map { StatusReport.Sink(name: $0) }
    report.add(try await live.ledger.counts())
    report.add(
      quarantined: try await live.ledger.quarantined(), gaps: try await live.ledger.gaps().map(\.gap))
    let problems = reloadProblems.withLock { $0 }
    report.reloadProblems = problems.isEmpty ? nil : problems
    report.walBytes = live.ledger.walBytes
    report.ruleMemory = live.crew.engine.memory
    let counters = await live.committer.counters
    report.counters = StatusReport.Counters(counters)
    report.ledgerTrouble = counters.trouble.map { StatusReport.Trouble(since: $0.since.rounded, reason: $0.reason) }
    return report
  }

  private func rules(_ live: Live) async -> [StatusReport.Rule] {
    let files = live.crew.engine.files
    let known = await statuses(of: files)
    return files.enumerated().map { index, file in
      var rule = StatusReport.Rule(namespace: known[index]?.namespace ?? file.source.namespace)
      rule.path = file.source.path
      guard let status = known[index] else {
        rule.busy = true
        return rule
      }
      rule.handlers = status.handlers
      rule.quarantined = status.quarantined
      rule.suppressedAlerts = status.suppressedAlerts
      rule.shadowAlerts = status.shadowAlerts
      rule.skippedTicks = status.skippedTicks
      rule.memory = status.memory
      rule.nextDue = status.nextDue?.rounded
      if !status.failingTimers.isEmpty {
        rule.failingTimers = status.failingTimers.map {
          StatusReport.FailingTimer(timer: $0.timer, ticks: $0.ticks, last: $0.last.rounded, error: $0.error)
        }
      }
      return rule
    }
  }

  /// What the files say of themselves, by their places; those that do not answer in time are left out.
  private func statuses(of files: [RuleFile]) async -> [Int: RuleFile.Status] {
    let (answers, answer) = AsyncStream<(Int, RuleFile.Status)>.makeStream()
    // On their own, since nothing can end the wait for an actor that computes.
    for (index, file) in files.enumerated() { Task { answer.yield((index, await file.status)) } }
    let alarm = Task {
      try? await Task.sleep(for: Self.patience)
      answer.finish()
    }
    defer { alarm.cancel() }
    var known: [Int: RuleFile.Status] = [:]
    guard !files.isEmpty else { return known }
    for await (index, status) in answers {
      known[index] = status
      if known.count == files.count { break }
    }
    return known
  }
}

extension StatusReport.Stream {
  fileprivate init(_ runner: StreamRunner, at now: Timestamp) {
    let state = runner.status
    name = runner.stream.name
    type = runner.stream.streamType.rawValue
    position = state.position?.text
    caughtUp = state.isCaughtUp
    events = state.events
    lastPage = state.lastPageAt?.rounded
    lastEvent = state.lastEventAt?.rounded
    newestEvent = state.newestEvent?.rounded
    lagSeconds = state.newestEvent.map { max(0, now.seconds - $0.seconds) }
    listeningSince = state.listeningSince?.rounded
    waiting = state.waiting.map { .init(until: $0.until.rounded, reason: $0.reason, error: $0.error) }
    heldBy = state.heldBy.map { .init(since: $0.since.rounded, reason: $0.rule) }
    stopped = state.stopped
  }
}

extension StatusReport.Counters {
  fileprivate init(_ counters: Committer.Counters) {
    events = counters.events
    pages = counters.pages
    failures = counters.failures
    parked = counters.parked
    retried = counters.retried
    alerts = counters.alerts
    commits = counters.commits
    lastDelivery = counters.lastDelivery?.rounded
  }
}
