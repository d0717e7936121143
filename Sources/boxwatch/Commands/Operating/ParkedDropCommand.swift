import ArgumentParser
import Watcher

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `boxwatch parked drop`: lets parked events and deliveries go for good.
struct ParkedDropCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Let parked events and deliveries go for good; asks first.")

  @OptionGroup var selectors: ParkedSelectors
  @OptionGroup var state: StateLocation
  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false
  @Flag(help: "Print one line of JSON.")
  var json = false
  @OptionGroup var display: DisplayOptions

  func validate() throws { _ = try selectors.required(to: "drop") }

  func run() async throws {
    let directory = try state.existing()
    let finding = try selectors.found(in: directory)
    if !finding.ids.isEmpty, try !isAgreed(finding) {
      StandardError.write("boxwatch: nothing was dropped\n")
      throw ExitStatus.failed
    }
    let work = ParkedWork(command: .drop, directory: directory) { try await $0.dropParked($1) }
    let (outcome, _) = try await work.carryOut(finding.ids)
    try ParkedWork.tell(
      outcome, "\(ParkedFinding.text(outcome.events, outcome.deliveries)) dropped", json: json)
    try finding.refuseUnknown()
  }

  private func isAgreed(_ finding: ParkedFinding) throws -> Bool {
    if yes { return true }
    guard isatty(0) == 1 else {
      throw CommandFailure(
        .usage, "parked drop cannot ask here, where no person answers", advice: "--yes drops \(finding.text) for good.")
    }
    StandardError.write("Drop \(finding.text) for good? [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased())
  }
}
