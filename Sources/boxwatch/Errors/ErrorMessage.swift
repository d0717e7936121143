import BoxClient
import BoxSimulator
import Delivery
import EventFeed
import Ledger
import RuleEngine
import Watcher

/// The one place where errors become text and exit codes.
struct ErrorMessage {
  private let failure: CommandFailure
  var status: ExitStatus { failure.status }

  /// Nil for an error that is not the product's own.
  init?(_ error: any Error) {
    guard let failure = Self.failure(for: error) else { return nil }
    self.failure = failure
  }

  /// For a person.
  var text: String {
    // Several mistakes of one file are a line each.
    var lines = ["boxwatch: error: \(TerminalText.escapedLines(failure.problem))"]
    if let advice = failure.advice { lines.append("  \(TerminalText.escaped(advice))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// As a line of a watcher's log that is JSON.
  var jsonLine: String {
    RunLog.jsonLine(.error, failure.problem, failure.advice.map { [("advice", $0)] } ?? [])
  }

  /// The argument parser's complaint in the same form.
  static func usage(_ complaint: String) -> String {
    let mark = "Error: "
    let text = complaint.hasPrefix(mark) ? complaint.dropFirst(mark.count) : complaint[...]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.escaped(String($0)) }
    return "boxwatch: error: " + lines.joined(separator: "\n") + "\n"
  }

  static func failure(for error: any Error) -> CommandFailure? {
    switch error {
    case let failure as CommandFailure: failure
    case let stop as FeedStop: CommandFailure(stop)
    case let refusal as BoxAPIError: CommandFailure(refusal)
    case let failed as AuthenticationFailed:
      CommandFailure(.refused, "\(failed.refusal)", advice: failed.advice)
    case let unavailable as TokenUnavailable: CommandFailure(.refused, "\(unavailable)")
    case let error as CredentialFileError: CommandFailure(error)
    case let error as JWTConfigurationError:
      CommandFailure(error.kind == .missing ? .missingFile : .badConfiguration, error.problem, advice: error.advice)
    case let error as NetworkRouteError:
      CommandFailure(.badConfiguration, "\(error)", advice: "Name a PEM file that this user may read.")
    case let error as SignInError: CommandFailure(error)
    case let fault as NetworkFault: CommandFailure(fault)
    case let damaged as DamagedPage:
      CommandFailure(
        .unreachable, "\(damaged)", advice: "Is --api-url the address of the Box API, and no proxy in between?")
    case let error as BoxSimulatorError: CommandFailure(error)
    case let error as LedgerError: CommandFailure(error)
    case let error as ControlError: CommandFailure(error)
    case let error as WatcherError: CommandFailure(error)
    case let error as OutputError: CommandFailure(.cannotCreate, error.description)
    case let error as InvalidHostPattern:
      CommandFailure(.badConfiguration, "\(error)", advice: "Mend `allow: { http: … }` in the configuration.")
    case let error as CommandError: CommandFailure(.badConfiguration, "\(error)")
    case let error as InvalidAddress: CommandFailure(.badConfiguration, "\(error)")
    case let error as RecordedEventsError:
      CommandFailure(error.reason == .missing ? .missingFile : .badInput, error.problem, advice: error.advice)
    case is CancellationError: CommandFailure(.interrupted, "interrupted")
    default: nil
    }
  }
}
