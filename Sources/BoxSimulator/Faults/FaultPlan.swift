/// Decides which faults happen to which request. The same seed and the same requests give the same faults.
struct FaultPlan: Sendable {
  /// What happens to one request.
  struct Verdict: Sendable, Equatable {
    /// The fault that takes the place of the answer.
    var replacement: FaultKind?
    /// The answer comes late.
    var isSlow = false
    /// The page holds events of earlier pages.
    var isDuplicating = false
    /// The page is shuffled.
    var isReordering = false

    /// The faults that happened, for the statistics.
    var kinds: [FaultKind] {
      [replacement, isSlow ? .slow : nil, isDuplicating ? .duplicate : nil, isReordering ? .reorder : nil]
        .compactMap { $0 }
    }
  }

  private var faults: [FaultKind: Fault] = [:]
  private(set) var random: RandomSource

  init(seed: UInt64, probabilities: [FaultKind: Double]) {
    random = RandomSource(seed: seed ^ 0x6661_756C_7473)
    for (kind, probability) in probabilities { set(Fault(kind, .probability(probability))) }
  }

  /// Replaces the order for the fault's kind.
  mutating func set(_ fault: Fault) {
    switch fault.frequency {
    case .probability(let probability) where probability > 0: faults[fault.kind] = fault
    case .count(let count) where count > 0: faults[fault.kind] = fault
    default: faults[fault.kind] = nil
    }
  }

  mutating func verdict(for endpoint: Endpoint) -> Verdict {
    var verdict = Verdict()
    guard !faults.isEmpty else { return verdict }
    for kind in FaultKind.allCases where faults[kind] != nil {
      // A request has one answer, so a second replacement waits for its turn.
      let isModifier = kind == .slow || kind == .duplicate || kind == .reorder
      guard isModifier || verdict.replacement == nil, happens(kind, on: endpoint) else { continue }
      switch kind {
      case .slow: verdict.isSlow = true
      case .duplicate: verdict.isDuplicating = true
      case .reorder: verdict.isReordering = true
      default: verdict.replacement = kind
      }
    }
    return verdict
  }

  /// A number for shaping a page, from the plan's own seed.
  mutating func draw() -> UInt64 {
    random.next()
  }

  private mutating func happens(_ kind: FaultKind, on endpoint: Endpoint) -> Bool {
    guard let fault = faults[kind], kind.endpoints.contains(endpoint), fault.endpoint ?? endpoint == endpoint else {
      return false
    }
    switch fault.frequency {
    case .probability(let probability): return random.chance(probability)
    case .count(let left):
      set(Fault(kind, .count(left - 1), endpoint: fault.endpoint))
      return true
    }
  }
}
