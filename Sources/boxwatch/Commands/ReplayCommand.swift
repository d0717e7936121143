import ArgumentParser
import BoxClient
import Delivery
import RuleEngine
import Watcher

/// `boxwatch replay`: runs rules over recorded events.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run rules over recorded events, offline.",
    discussion: """
      Reads JSON Lines or saved pages; - is standard input. The clock is the events' own. Alerts go to standard output \
      as JSON Lines, files below --output; nothing is sent. A line that is no event is reported, the others are handled, \
      and the exit code is 65.

      EXAMPLES
        boxwatch events --limit 0 > events.jsonl
        boxwatch replay events.jsonl --rules rules/
        boxwatch replay events.jsonl --rules rules/ --diff new-rules/
      """)

  @Argument(help: ArgumentHelp("Recorded events: JSON Lines or saved pages; - is standard input.", valueName: "file"))
  var files: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Rule files, or folders of them. (default: the rules of boxwatch.yaml, else rules)", valueName: "path"))
  var rules: [String] = []

  @OptionGroup var configuration: RuleConfiguration

  @Option(help: ArgumentHelp("Where box.file writes.", valueName: "dir"))
  var output = "output"

  @Option(help: ArgumentHelp("A Lua file that answers queries.", valueName: "file.lua"))
  var mock: String?

  @Option(help: ArgumentHelp("Print how the alerts of these rules differ; files are not written.", valueName: "rules"))
  var diff: String?

  @Option(
    help: ArgumentHelp(
      "Remember in this state directory, and skip what was handled with it before. (default: in memory)",
      valueName: "dir"))
  var state: String?

  @Flag(help: "Exit 1 when a handler failed; a rule file that does not load is fatal (65).")
  var strict = false

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("name a file of recorded events, or - for standard input") }
    if diff != nil && files.contains("-") {
      throw ValidationError("--diff reads the events twice, which standard input does not allow: name a file")
    }
    if diff != nil && state != nil {
      throw ValidationError("--diff compares two runs that begin with nothing: leave --state out")
    }
  }

  func run() async throws {
    let (sources, options) = try configuration.read(named: rules)
    try await Signals.ending(interruptedIsDone: false) {
      if let diff {
        try await compare(sources, try RuleArguments.sources([diff]), options)
      } else {
        try await replay(sources, options)
      }
    }
  }

  private func replay(_ sources: [RuleSource], _ options: RuleOptions) async throws {
    let states = [state, StateOption.usual()].compactMap { $0 }
    let carrier = try ReplayOutput(directory: output, states: states)
    guard let state else {
      let summary = try await run(sources, options, files: carrier.directory) { results, _ in
        try carrier.take(results.outcomes)
      }
      try carrier.finish()
      tell(summary, unsent: carrier.unsent)
      return try end(summary)
    }
    let memory = try await ReplayState(
      directory: state, output: carrier.directory, seenEvents: Replay.seenEvents,
      logger: RunLog.logger(level: .warning, format: .text))
    do {
      let summary = try await run(sources, options, files: carrier.directory, memory: memory) { results, page in
        // Alerts go first: a replay that is killed here raises them again, but loses none.
        try carrier.takeAlerts(results.outcomes)
        try await memory.commit(results, page: page)
      }
      let waiting = try await memory.close()
      tell(summary, unsent: carrier.unsent)
      guard waiting == 0 else {
        throw CommandFailure(
          .cannotCreate,
          "\(Count.text(waiting, "write")) below \(output) could not be made; what is left waits in \(state)",
          advice: "Make room or mend the permissions there, and run the same replay again.")
      }
      try end(summary)
    } catch {
      _ = try? await memory.close()
      throw error
    }
  }

  private func compare(_ sources: [RuleSource], _ others: [RuleSource], _ options: RuleOptions) async throws {
    var before = AlertCollection()
    let summary = try await run(sources, options, files: nil) { results, _ in before.take(results.outcomes) }
    var after = AlertCollection()
    _ = try await run(others, options, files: nil) { results, _ in after.take(results.outcomes) }
    let difference = before.difference(from: after)
    var output = StandardOutput()
    for line in difference { try output.write(line + "\n") }
    try output.flush()
    ProgressLine.clear()
    if difference.isEmpty {
      let alerts = before.count == 0 ? "no alerts" : "the same \(Count.text(before.count, "alert"))"
      StandardError.write("boxwatch: no difference: both sides raise \(alerts)\n")
    }
    tell(summary, unsent: 0)
    try end(summary)
  }

  private func run(
    _ sources: [RuleSource], _ options: RuleOptions, files directory: OutputDirectory?, memory: ReplayState? = nil,
    take: ([RuleEngine.FileResult], Replay.Page?) async throws -> Void
  ) async throws -> Replay.Summary {
    let answers = try await mockFile()
    let services = OfflineServices(output: directory, answers: answers) { RuleLog.write($0) }
    var options = options
    options.virtualStart = .init(seconds: 0)
    let (engine, problems) = await RuleEngine.load(
      sources, options: options, services: services, sharedCells: memory?.sharedCells ?? [])
    for problem in problems { StandardError.write("\(problem)\n".escapedForTerminal) }
    let isFatal = engine.files.isEmpty || (strict && problems.contains { $0.severity == .error })
    guard !isFatal else {
      await engine.close()
      throw CommandFailure(
        .badInput, engine.files.isEmpty ? "no rule file loads" : "a rule file does not load, and --strict is set",
        advice: "boxwatch check says what is wrong with each.")
    }
    var replay = memory.map { Replay(engine: engine, seen: $0.seen) } ?? Replay(engine: engine)
    let recording = try RecordedEvents(paths: files)
    do {
      try await memory?.restore(engine)
      try await replay.run(
        recording,
        take: { results, page in
          // With a state the committer tells of failures, and of the events that are parked with them.
          if memory == nil { for outcome in results.outcomes { outcome.failure.map(RuleLog.write) } }
          try await take(results, page)
        },
        badLine: { StandardError.warn("\($0)") },
        progress: { read, total, events in
          let share = total.map { $0 > 0 ? " (\(read * 100 / $0) %)" : "" } ?? ""
          ProgressLine.draw("\(Count.text(events, "event"))\(share)")
        })
    } catch {
      await engine.close()
      throw error
    }
    await engine.close()
    return replay.summary
  }

  private func mockFile() async throws -> MockFile? {
    guard let mock else { return nil }
    let file = MockFile(path: mock)
    do {
      try await file.load()
    } catch let error as RuleSourceError {
      throw CommandFailure(.missingFile, "--mock: \(error)")
    } catch {
      throw CommandFailure(.badInput, "--mock: \(error)")
    }
    return file
  }

  private func tell(_ summary: Replay.Summary, unsent: Int) {
    ProgressLine.clear()
    var parts = [Count.text(summary.events, "event", "handled")]
    func add(_ count: Int, _ what: String, _ more: String = "") {
      if count > 0 { parts.append(Count.text(count, what, more)) }
    }
    if summary.repeated > 0 { parts.append("\(summary.repeated) repeated") }
    add(summary.failures, "handler call", "failed")
    add(summary.parkedEvents, "event", "parked")
    add(summary.suppressedAlerts, "alert", "held back")
    add(summary.shadowAlerts, "shadow alert")
    add(unsent, "effect", "not carried out (webhooks and commands)")
    add(summary.badLines, "line", summary.badLines == 1 ? "that is no event" : "that are no events")
    StandardError.write("boxwatch: \(parts.joined(separator: ", "))\n")
  }

  private func end(_ summary: Replay.Summary) throws {
    if summary.badLines > 0 { throw ExitStatus.badInput }
    if strict && summary.failures > 0 { throw ExitStatus.failed }
  }
}
