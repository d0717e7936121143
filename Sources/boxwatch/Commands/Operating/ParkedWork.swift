import Ledger
import Watcher

/// Changes of what is parked: by the running watcher, else by this process.
struct ParkedWork {
  let command: ControlRequest.Command
  /// Nil where there is no state, and so nothing parked.
  let directory: StateDirectory?
  /// The same on a ledger that no watcher has.
  let alone: @Sendable (Ledger, [Int64]) async throws -> ParkedOutcome

  /// Carries the command out in parts of as many ids as a request may name.
  func carryOut(_ ids: [Int64]) async throws -> (outcome: ParkedOutcome, isRunning: Bool) {
    var outcome = ParkedOutcome()
    guard let directory, !ids.isEmpty else { return (outcome, false) }
    let parts = stride(from: 0, to: ids.count, by: ControlRequest.mostIDs).map {
      Array(ids[$0..<min($0 + ControlRequest.mostIDs, ids.count)])
    }
    let client = ControlClient(directory)
    var rest = parts[...]
    while let part = rest.first, let answer = try await client.ask(ControlRequest(command, ids: part)) {
      outcome += try done(answer)
      rest.removeFirst()
    }
    guard !rest.isEmpty else { return (outcome, true) }
    let ledger = try Ledger(try StateLock(directory))
    do {
      for part in rest { outcome += try await alone(ledger, part) }
    } catch {
      try? await ledger.close()
      throw error
    }
    try await ledger.close()
    return (outcome, false)
  }

  private func done(_ answer: ControlAnswer) throws -> ParkedOutcome {
    switch answer {
    case .parked(let outcome): return outcome
    case .error(let reason):
      throw CommandFailure(
        .unreachable, "the watcher did not do it: \(reason)", advice: "Ask again; its log says more.")
    case .status: throw CommandFailure(.programFault, "the watcher answered something else than what was asked")
    }
  }

  static func tell(_ outcome: ParkedOutcome, _ text: String, json: Bool) throws {
    var output = StandardOutput()
    try output.write((json ? String(decoding: try ControlCoding.encode(outcome), as: UTF8.self) : text) + "\n")
    try output.flush()
    if let malformed = outcome.malformed {
      let ids = malformed.prefix(10).map(String.init).joined(separator: " ") + (malformed.count > 10 ? " …" : "")
      StandardError.warn(
        "malformed, so that no rule could take them, and left parked: \(ids); boxwatch parked drop lets them go")
    }
    guard !outcome.missing.isEmpty else { return }
    let names = TerminalText.escaped(outcome.missing.joined(separator: ", "))
    StandardError.warn("not loaded or not configured, and so left parked: \(names)")
  }
}
