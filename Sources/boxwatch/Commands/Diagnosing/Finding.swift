import BoxClient

/// What one check of `boxwatch doctor` found.
struct Finding {
  enum Status: String {
    case ok, warning, failure
  }

  /// What was looked at, in one word or two.
  let check: String
  /// The account that it is about; nil where it is about none.
  let account: String?
  let status: Status
  let message: String
  /// What to do; nil where nothing is wrong.
  let advice: String?
  /// For a failure: what it means for the exit code.
  let exit: ExitStatus

  init(
    _ status: Status, _ check: String, account: String? = nil, _ message: String, advice: String? = nil,
    exit: ExitStatus = .failed
  ) {
    self.status = status
    self.check = check
    self.account = account
    self.message = message
    self.advice = advice
    self.exit = exit
  }

  /// A failure in the words of the error.
  init(_ check: String, account: String? = nil, failed error: any Error) {
    let failure = ErrorMessage.failure(for: error) ?? CommandFailure(.failed, "\(error)")
    self.init(
      .failure, check, account: account, failure.problem, advice: failure.advice, exit: failure.status)
  }

  /// The lines for a person.
  var lines: [String] {
    let place = account.map { "\(check) (\($0))" } ?? check
    let name = status.rawValue + String(repeating: " ", count: 9 - status.rawValue.count)
    // Several mistakes of one file are a line each.
    let told = "\(place): \(message)".split(separator: "\n").map(String.init) + (advice.map { [$0] } ?? [])
    let indent = String(repeating: " ", count: 9)
    return told.enumerated().map { number, line in (number == 0 ? name : indent) + TerminalText.escaped(line) }
  }

  var json: String {
    let members = [
      ("check", check), ("account", account), ("status", status.rawValue), ("message", message), ("advice", advice),
    ]
    return "{"
      + members.map { "\(JSONString.quote($0.0)):\($0.1.map { JSONString.quote($0) } ?? "null")" }.joined(
        separator: ",")
      + "}"
  }
}

extension [Finding] {
  /// What is wrong on this machine before what Box says, any other failure last; 0 where nothing failed (CLI.md, "Exit
  /// codes").
  var exit: ExitStatus {
    let failures = Set(filter { $0.status == .failure }.map(\.exit))
    let order: [ExitStatus] = [.badConfiguration, .missingFile, .damagedState, .cannotCreate, .refused, .unreachable]
    for status in order where failures.contains(status) { return status }
    return failures.isEmpty ? .done : .failed
  }

  var json: String {
    let status = exit
    return "{\"ok\":\(status == .done),\"exit\":\(status.rawValue),\"checks\":[\(map(\.json).joined(separator: ","))]}"
  }
}
