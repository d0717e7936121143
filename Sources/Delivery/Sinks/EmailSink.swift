import BoxClient
import Logging

/// Mails alerts through `sendmail -i -f FROM -- TO…`.
public struct EmailSink: DeliverySink {
  private let from: MailAddress
  private let to: [MailAddress]
  private let sendmail: String
  private let runner: CommandRunner
  private let logger: Logger

  private static let timeout = Duration.seconds(60)

  /// - Parameters:
  ///   - sendmail: the program's absolute path.
  ///   - directory: the program's working directory.
  /// - Throws: ``CommandError`` for a path that is not absolute.
  public init(
    from: MailAddress, to: [MailAddress], sendmail: String = "/usr/sbin/sendmail", directory: String, logger: Logger
  ) throws(CommandError) {
    self.from = from
    self.to = to
    self.sendmail = sendmail
    self.logger = logger
    runner = CommandRunner(allowed: try AllowedCommands([sendmail]), directory: directory)
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var answer = SinkAnswer([])
    for item in items { answer.results.append(await deliver(item)) }
    return answer
  }

  private func deliver(_ item: OutboxItem) async -> DeliveryResult {
    guard case .alert(let json) = item.payload else { return .failedForGood("this is no alert") }
    do throws(DamagedPayload) {
      let message = MailMessage(
        from: from, to: to, alert: try Alert(json: json), key: item.key, date: WallClock.now.seconds)
      let arguments = [sendmail, "-i", "-f", from.text, "--"] + to.map(\.text)
      return await runner.deliver(
        arguments.map { Array($0.utf8) }, standardInput: message.bytes, timeout: Self.timeout, logger: logger)
    } catch {
      return .failedForGood(error.description)
    }
  }
}
