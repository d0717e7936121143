import BoxClient
import LuaHost

extension RuleFile {
  /// A `box.rule` on an event that its filter let through: threshold, `run` or the alert.
  func run(_ rule: Rule, _ scope: HandlerScope) async throws {
    guard let inHand = scope.event else { return }
    let event = inHand.event
    let time = inHand.view.time(of: inHand.index) ?? now
    let key = try await key(rule.threshold?.by, "threshold.by", scope) ?? rule.id
    if rule.threshold != nil {
      let hit = memory.withThreshold(of: scope.identity) { $0.record(key, eventID: event.id, at: time) }
      guard let hit else { return }
      scope.hit = hit
    } else {
      scope.hit = Threshold.Hit(
        key: key, count: 1, firstAt: time, lastAt: time, eventIDs: event.id.map { [$0] } ?? [])
    }
    guard let run = rule.run else {
      try await alert(of: rule, scope)
      return
    }
    if case .function = rule.dedupKey { scope.dedupKey = try await dedupKey(rule, scope) }
    _ = try await call(run, scope, event: true, arguments: [scope.hit.map(hitTable) ?? .nil])
  }

  private func alert(of rule: Rule, _ scope: HandlerScope) async throws {
    var draft = AlertDraft(title: try await title(rule, scope), severity: rule.severity, dedup: rule.dedup)
    draft.dedupKey = try await dedupKey(rule, scope)
    draft.body = rule.description
    if let hit = scope.hit, rule.threshold != nil {
      draft.context =
        "{\"count\":\(hit.count),\"first_at\":\"\(hit.firstAt)\",\"key\":\(JSONString.quote(hit.key)),\"last_at\":\"\(hit.lastAt)\"}"
    }
    try raise(draft, scope)
  }

  /// The key under which repeats are held back: the rule's own, else what its threshold counts by, else the rule's id.
  func dedupKey(_ rule: Rule, _ scope: HandlerScope) async throws -> String {
    if let key = rule.dedupKey { return try await self.key(key, "dedup_key", scope) ?? rule.id }
    return scope.hit?.key ?? rule.id
  }

  private func key(_ key: Rule.Key?, _ name: String, _ scope: HandlerScope) async throws -> String? {
    guard let key, let inHand = scope.event else { return nil }
    switch key {
    case .path(let path): return path.key(in: inHand)
    case .function(let function):
      let result = try await call(function, scope, event: true).first ?? .nil
      guard result.isNil || result.key != nil else {
        throw Arguments.Mistake(
          "\(scope.rule?.place ?? ""): rule \(scope.rule?.id ?? ""): its \(name) function returned \(result.typeName); it must return text, a number or nil"
        )
      }
      return result.key
    }
  }

  private func title(_ rule: Rule, _ scope: HandlerScope) async throws -> String {
    switch rule.title {
    case .text(let text): return text
    case .function(let function):
      let results = try await call(function, scope, event: true, arguments: [scope.hit.map(hitTable) ?? .nil])
      guard let title = results.first?.key, !title.isEmpty else {
        let came = results.first.map { $0.key == "" ? "an empty text" : $0.typeName } ?? "nothing"
        throw Arguments.Mistake(
          "\(rule.place): rule \(rule.id): its title function returned \(came); it must return text")
      }
      return title
    }
  }

  private func hitTable(_ hit: Threshold.Hit) -> LuaValue {
    .table(
      LuaTable([
        "count": .integer(Int64(hit.count)), "key": .text(hit.key), "first_at": .text("\(hit.firstAt)"),
        "last_at": .text("\(hit.lastAt)"), "event_ids": .array(hit.eventIDs.map { .text($0) }),
      ]))
  }
}
