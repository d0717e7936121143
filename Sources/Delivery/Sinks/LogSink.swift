import Logging

/// Writes alerts into the program's log.
public struct LogSink: DeliverySink {
  private let logger: Logger

  public init(logger: Logger) {
    self.logger = logger
  }

  public func deliver(_ items: [OutboxItem]) async -> SinkAnswer {
    SinkAnswer(items.map(deliver))
  }

  private func deliver(_ item: OutboxItem) -> DeliveryResult {
    guard case .alert(let json) = item.payload else { return .failedForGood("this is no alert") }
    do {
      let alert = try Alert(json: json)
      var metadata: Logger.Metadata = [:]
      // The line has a time of its own.
      for fact in alert.facts where fact.name != "Time" { metadata[fact.name] = "\(PrintableLine.of(fact.value))" }
      if !alert.body.isEmpty { metadata["body"] = "\(PrintableLine.of(alert.body))" }
      logger.log(level: Self.level(alert.severity), "alert \(PrintableLine.of(alert.headline))", metadata: metadata)
      return .delivered
    } catch {
      return .failedForGood("\(error)")
    }
  }

  private static func level(_ severity: Alert.Severity) -> Logger.Level {
    switch severity {
    case .info: .info
    case .low: .notice
    case .medium: .warning
    case .high: .error
    case .critical: .critical
    }
  }
}
