import BoxClient
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Mails alerts through `sendmail -i -f FROM -- TO…`.
public struct EmailSink: DeliverySink {
  private let from: MailAddress
  private let to: [MailAddress]
  /// Nil for the one that is found at each delivery: it may be installed meanwhile.
  private let sendmail: String?
  private let directory: String
  private let logger: Logger

  private static let timeout = Duration.seconds(60)

  /// - Parameters:
  ///   - sendmail: the program's absolute path; nil for the first of its name in `PATH`, `/usr/sbin` and `/usr/lib`.
  ///   - directory: the program's working directory.
  /// - Throws: ``CommandError`` for a path that is not absolute.
  public init(
    from: MailAddress, to: [MailAddress], sendmail: String? = nil, directory: String, logger: Logger
  ) throws(CommandError) {
    self.from = from
    self.to = to
    self.sendmail = sendmail
    self.logger = logger
    self.directory = directory
    if let sendmail { _ = try AllowedCommands([sendmail]) }
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    var answer = SinkAnswer([])
    for item in items { answer.results.append(await deliver(item)) }
    return answer
  }

  private func deliver(_ item: OutboxItem) async -> DeliveryResult {
    guard case .alert(let json) = item.payload else { return .failedForGood("this is no alert") }
    guard let sendmail = sendmail ?? Self.installed(), let allowed = try? AllowedCommands([sendmail]) else {
      return .failedForNow(
        DeliveryFailure("there is no sendmail in PATH, /usr/sbin or /usr/lib: install a mail program that brings one"))
    }
    let runner = CommandRunner(allowed: allowed, directory: directory)
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

  private static func installed() -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    // A relative folder would be another one for each working directory.
    let folders = path.split(separator: ":").filter { $0.hasPrefix("/") } + ["/usr/sbin", "/usr/lib"]
    return folders.map { "\($0)/sendmail" }.first { access($0, X_OK) == 0 }
  }
}
