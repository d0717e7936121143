import BoxClient
import CEventPage
import LuaHost

extension RuleFile {
  /// Sends an alert, or holds it back.
  func raise(_ draft: AlertDraft, _ scope: HandlerScope) throws {
    let event = scope.event?.event
    let rule = scope.rule?.id ?? namespace
    var record = AlertRecord(
      id: idempotencyKey(scope), time: "\(now)", severity: draft.severity, title: draft.title, body: draft.body,
      rule: rule, stream: scope.event?.stream ?? "", eventID: event?.id ?? "", eventType: event?.eventType ?? "",
      dedupKey: draft.dedupKey ?? "", context: draft.context)
    if let notes = scope.rule?.notes { record.notes = notes }
    if scope.rule?.isShadow == true {
      scope.shadowAlerts += 1
      log(.info, "shadow rule \(rule) would have raised: \(record.title)")
      return
    }
    if draft.dedup > .zero {
      let key = draft.dedupKey ?? rule
      record.dedupKey = key
      let isSent = memory.withDeduplicator {
        $0.admits(
          rule: rule, key: key, for: draft.dedup, subject: Self.subject(record, draft.sinks), at: now)
      }
      guard isSent else {
        scope.suppressedAlerts += 1
        log(.debug, "alert held back (\(rule), \(key)): \(record.title)")
        return
      }
    }
    try add(.alert(record, to: draft.sinks), scope)
  }

  /// One alert for each period in which repeats were held back. `take` removes the periods that are over.
  func sumUp(_ take: (inout Deduplicator<String>) -> [Deduplicator<String>.Summary]) {
    memory.begin()
    let summaries = memory.withDeduplicator(take)
    pending.add(memory.commit())
    for summary in summaries {
      guard let (kept, sinks) = Self.record(subject: summary.period.subject) else { continue }
      var record = kept
      let more = summary.heldBack
      record.kind = .summary
      record.time = "\(now)"
      record.title += " (and \(more) more)"
      let (first, last) = (Timestamp(seconds: summary.firstAt.seconds), Timestamp(seconds: summary.lastAt.seconds))
      record.body = "\(more) more were held back from \(first) to \(last)"
      record.context = "{\"held_back\":\(more)}"
      // A period that a stop has summed up may have another summary later.
      record.id = Self.digest("\(record.id)\u{0}summary\u{0}\(summary.lastAt)")
      outcomes.append(
        Outcome(eventIndex: nil, handler: summary.rule, effects: [.alert(record, to: sinks)], failure: nil))
    }
  }

  /// What is kept of an alert for its summary: its record, then its sinks, as JSON.
  private static func subject(_ record: AlertRecord, _ sinks: [String]) -> String {
    "{\"alert\":\(record.jsonLine),\"to\":[\(sinks.map(JSONString.quote).joined(separator: ","))]}"
  }

  private static func record(subject: String) -> (AlertRecord, [String])? {
    guard let kept = try? Events(event: PaddedBytes(subject.utf8)).entries.first, let alert = kept["alert"] else {
      return nil
    }
    func text(_ name: String) -> String { alert[name]?.string ?? "" }
    var sinks: [String] = []
    while let sink = kept["to"]?[sinks.count]?.string { sinks.append(sink) }
    var record = AlertRecord(
      id: text("id"), time: text("time"), severity: AlertRecord.Severity(rawValue: text("severity")),
      title: text("title"), rule: text("rule"), stream: text("stream"), dedupKey: text("dedup_key"))
    record.notes.runbook = text("runbook")
    while let tag = alert["tags"]?[record.notes.tags.count]?.string { record.notes.tags.append(tag) }
    return (record, sinks)
  }

  // MARK: Effects

  /// Adds an effect to the running call's.
  func add(_ effect: Effect, _ scope: HandlerScope) throws {
    guard !scope.isTest else {
      throw Arguments.Mistake("a test's own body sends and writes nothing; its events do: t:send { … }")
    }
    try charge(scope, bytes: effect.size)
    scope.effects.append(effect)
  }

  /// Counts a change of what is remembered among the call's effects.
  func countWrite(bytes: Int) throws {
    guard let current else { return }
    try charge(current, bytes: bytes)
    current.writes += 1
  }

  private func charge(_ scope: HandlerScope, bytes: Int) throws {
    if scope.effects.count + scope.writes >= options.effects {
      scope.excess = Arguments.Mistake(
        "more than \(options.effects) effects in one call; handle fewer things at a time")
    } else if scope.effectBytes + bytes > options.effectBytes {
      scope.excess = Arguments.Mistake("more than \(options.effectBytes >> 20) MiB of effects in one call")
    }
    if let excess = scope.excess { throw excess }
    scope.effectBytes += bytes
  }

  /// The same for every attempt at the same effect: stream, event or tick, handler, ordinal.
  func idempotencyKey(_ scope: HandlerScope, ordinal: String? = nil) -> String {
    let cause =
      scope.event.map { inHand in
        let digest = inHand.event.digest
        return "\(inHand.stream)\u{0}\(digest.high) \(digest.low)"
      } ?? scope.occasion
    return Self.digest("\(cause)\u{0}\(scope.identity)\u{0}\(ordinal ?? "\(scope.effects.count)")")
  }

  static func digest(_ text: String) -> String {
    let digest = Array(text.utf8).withUnsafeBytes { cep_digest_of($0.baseAddress, $0.count) }
    func hex(_ word: UInt64) -> String {
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hex(digest.high) + hex(digest.low)
  }
}
