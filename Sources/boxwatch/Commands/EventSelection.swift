import ArgumentParser
import BoxClient
import RuleEngine

extension StreamType: ExpressibleByArgument {}

/// Which events are printed.
struct EventSelection: ParsableArguments {
  @Option(help: ArgumentHelp("The stream to read.", valueName: "type"))
  var streamType = StreamType.all

  @Option(
    help: ArgumentHelp(
      "Where to begin: \"now\", 0, or what an earlier call printed. (default: the oldest event that Box keeps)",
      valueName: "position"))
  var streamPosition: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only events since then, admin_logs only: \(TimeArgument.forms).", valueName: "time"))
  var createdAfter: TimeArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only events before then, admin_logs only; the same forms.", valueName: "time"))
  var createdBefore: TimeArgument?

  @Option(help: ArgumentHelp("Only these types, with commas between.", valueName: "a,b"))
  var eventType: String?

  @Option(
    help: ArgumentHelp(
      "Print so many events; 0 for all. (default: 100; with --follow 0)", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Ask Box for so many events at a time, at most 500.", valueName: "n"))
  var pageSize = 500

  var eventTypes: [String] {
    (eventType ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
  }

  func validate() throws {
    if createdAfter != nil || createdBefore != nil, streamType != .adminLogs {
      let option = createdAfter != nil ? "--created-after" : "--created-before"
      throw ValidationError(
        "\(option) needs --stream-type admin_logs: Box heeds it on no other stream, and would answer with everything")
    }
    if let createdAfter, let createdBefore, createdAfter.time >= createdBefore.time {
      throw ValidationError("--created-after must be earlier than --created-before")
    }
    if let limit, limit < 0 { throw ValidationError("--limit takes 0 (all) or more") }
    if !(1...500).contains(pageSize) { throw ValidationError("--page-size takes 1 to 500") }
    if streamPosition?.isEmpty == true {
      throw ValidationError("--stream-position is empty; \"now\" and 0 are the words")
    }
    if eventType != nil && eventTypes.isEmpty {
      throw ValidationError("--event-type names no type; it takes names such as ITEM_UPLOAD,DOWNLOAD")
    }
  }

  /// Types that the stream never has, and what may be meant.
  var hints: [String] { eventTypes.compactMap { EventTypeNames.warning(asking: $0, of: streamType) } }

  /// Whether an event is wanted. Box filters too, but not on every stream and not by every parameter.
  var accepts: @Sendable (Event) -> Bool {
    let types = Set(eventTypes)
    let after = createdAfter?.time
    let before = createdBefore?.time
    return { event in
      if !types.isEmpty && !types.contains(event.eventType) { return false }
      guard after != nil || before != nil, let time = event.createdAt.flatMap({ Timestamp($0) }) else { return true }
      return (after.map { time >= $0 } ?? true) && (before.map { time < $0 } ?? true)
    }
  }
}
