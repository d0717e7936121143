import ArgumentParser
import BoxSimulator

/// `KIND` or `KIND=PROBABILITY`.
struct FaultArgument {
  let kind: FaultKind
  let probability: Double

  init(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = FaultKind(rawValue: String(parts[0])) else {
      let known = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--fault: \"\(parts[0])\" is no fault; the faults are \(known)")
    }
    self.kind = kind
    guard parts.count == 2 else {
      probability = 1
      return
    }
    guard let probability = Double(parts[1]), (0...1).contains(probability) else {
      throw ValidationError("--fault: \"\(parts[1])\" is no probability; it takes 0 to 1, as in \(kind.rawValue)=0.05")
    }
    self.probability = probability
  }
}
