import BoxClient
import BoxSimulator
import EventFeed

/// The one place where errors become text and exit codes.
struct ErrorMessage {
  let status: ExitStatus
  let text: String

  /// Nil for an error that is not the product's own.
  init?(_ error: any Error) {
    guard let failure = Self.failure(for: error) else { return nil }
    status = failure.status
    var lines = ["boxwatch: error: \(TerminalText.escaped(failure.problem))"]
    if let advice = failure.advice { lines.append("  \(TerminalText.escaped(advice))") }
    text = lines.joined(separator: "\n") + "\n"
  }

  /// The argument parser's complaint in the same form.
  static func usage(_ complaint: String) -> String {
    let mark = "Error: "
    let text = complaint.hasPrefix(mark) ? complaint.dropFirst(mark.count) : complaint[...]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.escaped(String($0)) }
    return "boxwatch: error: " + lines.joined(separator: "\n") + "\n"
  }

  private static func failure(for error: any Error) -> CommandFailure? {
    switch error {
    case let failure as CommandFailure: failure
    case let stop as FeedStop: CommandFailure(stop)
    case let refusal as BoxAPIError: CommandFailure(refusal)
    case let failed as AuthenticationFailed:
      CommandFailure(.refused, "\(failed.refusal)", advice: failed.advice)
    case let unavailable as TokenUnavailable: CommandFailure(.refused, "\(unavailable)")
    case let fault as NetworkFault: CommandFailure(fault)
    case let damaged as DamagedPage:
      CommandFailure(
        .unreachable, "\(damaged)", advice: "Is --api-url the address of the Box API, and no proxy in between?")
    case let error as BoxSimulatorError: CommandFailure(error)
    case is CancellationError: CommandFailure(.interrupted, "interrupted")
    default: nil
    }
  }
}

extension CommandFailure {
  init(_ stop: FeedStop) {
    switch stop.reason {
    case .positionRefused:
      self.init(.badInput, stop.description, advice: Advice.position(stop.position?.text))
    case .unauthorized: self.init(.refused, stop.description, advice: Advice.unauthorized)
    case .forbidden: self.init(.refused, stop.description, advice: Advice.forbidden)
    case .refused: self.init(.badInput, stop.description)
    }
  }

  init(_ refusal: BoxAPIError) {
    switch refusal.status {
    case 401: self.init(.refused, "\(refusal)", advice: Advice.unauthorized)
    case _ where refusal.call.hasSuffix("/oauth2/token") && refusal.status < 429:
      self.init(.refused, "\(refusal)", advice: Advice.grant)
    case 403: self.init(.refused, "\(refusal)", advice: Advice.forbidden)
    case 400 where refusal.message?.lowercased().contains("position") == true:
      self.init(.badInput, "\(refusal)", advice: Advice.position(nil))
    case 408, 429, 500...: self.init(.unreachable, "\(refusal)", advice: "Box is busy or in trouble; try again later.")
    default: self.init(.badInput, "\(refusal)")
    }
  }

  init(_ fault: NetworkFault) {
    switch fault.kind {
    case .invalidURL:
      self.init(.usage, fault.description, advice: "--api-url takes an address such as https://api.box.com")
    case .redirectRefused:
      self.init(.unreachable, fault.description, advice: "Is --api-url the address of the Box API itself?")
    default:
      self.init(.unreachable, "Box cannot be reached: \(fault)", advice: "Check the network, a proxy, and --api-url.")
    }
  }
}

/// What to do about a refusal.
private enum Advice {
  static let unauthorized =
    "Box does not accept the access token. Check BOX_DEVELOPER_TOKEN (it lives for 60 minutes), or BOX_CLIENT_ID and "
    + "BOX_CLIENT_SECRET."
  static let forbidden =
    "The account lacks a right. Enterprise streams need an admin or co-admin with \"Run new reports and access existing "
    + "reports\", and the scope \"Manage enterprise properties\" ticked for the app in the developer console; --as-user "
    + "needs \"Make API calls using the as-user header\"."
  static let grant =
    "Check BOX_CLIENT_ID, BOX_CLIENT_SECRET and BOX_ENTERPRISE_ID or BOX_USER_ID. The app must be authorised by an "
    + "admin (Admin Console, Integrations), and BOX_USER_ID needs \"Generate user access tokens\"."

  static func position(_ position: String?) -> String {
    let which = position.map { "The stream position \($0)" } ?? "The stream position"
    return "\(which) is not one that Box knows. --stream-position takes one that an earlier run printed, \"now\", or 0 "
      + "for everything that is still kept."
  }
}
