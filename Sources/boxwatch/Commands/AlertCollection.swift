import RuleEngine

/// The alerts of one run, to be compared with another's.
struct AlertCollection {
  private var alerts: [(key: String, line: String)] = []

  var count: Int { alerts.count }

  mutating func take(_ outcomes: [Outcome]) {
    for outcome in outcomes {
      for case .alert(let record, _) in outcome.effects {
        // Ids are made of the rule file's name, which may differ between two folders.
        let key = [
          record.kind.rawValue, record.rule, record.title, record.severity?.rawValue ?? "", record.body, record.eventID,
          record.context,
        ].joined(separator: "\u{0}")
        alerts.append((key, record.jsonLine))
      }
    }
  }

  /// `- ` before what only this run raised, `+ ` before what only the other did.
  func difference(from other: AlertCollection) -> [String] {
    func only(_ one: AlertCollection, _ two: AlertCollection) -> [String] {
      var counts: [String: Int] = [:]
      for alert in two.alerts { counts[alert.key, default: 0] += 1 }
      return one.alerts.filter { alert in
        guard let count = counts[alert.key], count > 0 else { return true }
        counts[alert.key] = count - 1
        return false
      }.map(\.line)
    }
    return only(self, other).map { "- " + $0 } + only(other, self).map { "+ " + $0 }
  }
}
