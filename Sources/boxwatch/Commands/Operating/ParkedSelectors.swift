import ArgumentParser
import BoxClient
import Ledger
import Watcher

/// Which of what is parked a command is about.
struct ParkedSelectors: ParsableArguments {
  @Argument(help: ArgumentHelp("Ids as parked list shows them.", valueName: "id"))
  var ids: [Int64] = []

  @Option(help: ArgumentHelp("What is of a rule file or of one of its handlers.", valueName: "name"))
  var rule: String?

  @Flag(help: "Everything that is parked.")
  var all = false

  func validate() throws {
    let given = [!ids.isEmpty, rule != nil, all].count { $0 }
    if given > 1 { throw ValidationError("ids, --rule and --all exclude each other: give one of them") }
    if let id = ids.first(where: { $0 < 1 }) { throw ValidationError("\(id) is no id; parked list shows them") }
  }

  /// Nil where nothing is given.
  var selection: ParkedSelection? {
    if all { return .all }
    if let rule { return .rule(rule) }
    return ids.isEmpty ? nil : .ids(Set(ids))
  }

  /// - Throws: wrong usage where nothing is given.
  func required(to verb: String) throws -> ParkedSelection {
    guard let selection else {
      throw ValidationError("say what to \(verb): ids, --rule NAME or --all; boxwatch parked list shows what there is")
    }
    return selection
  }

  /// What is parked of what was named.
  func found(in directory: StateDirectory?) throws -> ParkedFinding {
    var finding = ParkedFinding()
    if let directory, let reader = try LedgerReader.open(directory) {
      try (selection ?? .all).forEach(in: reader) { finding.add($0) }
      try reader.close()
    }
    finding.unknown = Set(ids).subtracting(finding.ids).sorted()
    return finding
  }
}

/// The ids of what is parked, and how much of each kind it is.
struct ParkedFinding {
  private(set) var ids: [Int64] = []
  private(set) var events = 0
  private(set) var deliveries = 0
  /// Ids that were named and are not parked.
  var unknown: [Int64] = []

  mutating func add(_ item: ParkedItem) {
    ids.append(item.id)
    switch item.kind {
    case .event: events += 1
    case .delivery: deliveries += 1
    }
  }

  var text: String { Self.text(events, deliveries) }

  static func text(_ events: Int, _ deliveries: Int) -> String {
    let parts = [(events, "event"), (deliveries, "delivery")].filter { $0.0 > 0 }.map { Count.text($0.0, $0.1) }
    return parts.isEmpty ? "nothing" : parts.joined(separator: " and ")
  }

  /// - Throws: a failure that names the ids, when there are any that are not parked.
  func refuseUnknown() throws {
    guard !unknown.isEmpty else { return }
    let named = unknown.prefix(10).map(String.init).joined(separator: ", ") + (unknown.count > 10 ? ", …" : "")
    throw CommandFailure(
      .badInput, "not parked: \(named)",
      advice: "boxwatch parked list shows what is\(ids.isEmpty ? "" : "; the others were dealt with").")
  }
}
