import ArgumentParser

/// `boxwatch parked retry`: events go back into their rules' backlogs, deliveries into the outbox.
struct ParkedRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Try parked events and deliveries again: by the running watcher now, else by the next run.")

  @OptionGroup var selectors: ParkedSelectors
  @OptionGroup var state: StateLocation
  @Flag(help: "Print one line of JSON.")
  var json = false
  @OptionGroup var display: DisplayOptions

  func validate() throws { _ = try selectors.required(to: "retry") }

  func run() async throws {
    let directory = try state.existing()
    let finding = try selectors.found(in: directory)
    let work = ParkedWork(command: .retry, directory: directory) { try await $0.retryParked($1) }
    let (outcome, isRunning) = try await work.carryOut(finding.ids)
    let when = isRunning ? "tried again now" : "tried again by the next boxwatch run"
    let isEmpty = outcome.events == 0 && outcome.deliveries == 0
    let isParked = outcome.malformed != nil || !outcome.missing.isEmpty
    let nothing = isParked ? "nothing is tried again" : "nothing of that is parked"
    let text = isEmpty ? nothing : "\(ParkedFinding.text(outcome.events, outcome.deliveries)) \(when)"
    try ParkedWork.tell(outcome, text, json: json)
    try finding.refuseUnknown()
  }
}
