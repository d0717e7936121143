import Delivery
import RuleEngine

/// Carries out what a replay may: alerts to standard output, files below the output folder, nothing else.
final class ReplayOutput {
  let directory: OutputDirectory
  private let path: String
  private var output = Lines()
  /// Webhooks and commands, which a replay does not carry out.
  private(set) var unsent = 0

  /// Standard output's buffer, which cannot be copied.
  private final class Lines {
    var output = StandardOutput()
  }

  /// - Parameter states: state directories, which rules must not reach.
  init(directory path: String, states: [String]) throws {
    self.path = path
    do {
      directory = try OutputDirectory(path: path, states: states)
    } catch {
      throw CommandFailure(.cannotCreate, "--output \(error)")
    }
  }

  func take(_ outcomes: [Outcome]) throws {
    for outcome in outcomes {
      for effect in outcome.effects { try carryOut(effect) }
    }
  }

  /// Prints the alerts, at once; what goes into files somebody else writes.
  func takeAlerts(_ outcomes: [Outcome]) throws {
    var isPrinted = false
    for outcome in outcomes {
      for effect in outcome.effects {
        switch effect {
        case .alert:
          try carryOut(effect)
          isPrinted = true
        case .webhook, .exec: unsent += 1
        case .append, .write: break
        }
      }
    }
    if isPrinted { try output.output.flush() }
  }

  private func carryOut(_ effect: Effect) throws {
    switch effect {
    case .alert(let record, _): try output.output.write(record.jsonLine + "\n")
    case .append(let path, let bytes, let rotation, let header):
      try deliver { _ = try directory.append(bytes, to: path, rotation: rotation, header: header) }
    case .write(let path, let bytes): try deliver { try directory.write(bytes, to: path) }
    case .webhook, .exec: unsent += 1
    }
  }

  private func deliver(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch {
      throw CommandFailure(.cannotCreate, "\(path.hasSuffix("/") ? path : path + "/")\(error)")
    }
  }

  func finish() throws { try output.output.flush() }
}
