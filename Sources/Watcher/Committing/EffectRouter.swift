import BoxClient
import Delivery
import Ledger
import RuleEngine

/// Says where each effect goes: which sink, in which form.
struct EffectRouter: Sendable {
  /// Takes what rules write and what file sinks get, so that all that goes into files keeps its order.
  static let files = "box.file"
  static let webhooks = "box.webhook"
  static let commands = "box.exec"

  let routing: AlertRouting
  /// File sinks: their paths below the output directory.
  let fileSinks: [String: String]
  /// Whether somebody else takes what does not go into files.
  var routesFilesOnly = false

  /// What the ledger's outbox gets for these outcomes. Appends to one file that follow each other become one.
  func deliveries(for outcomes: [Outcome], at now: Timestamp) -> [NewDelivery] {
    var drafts: [Draft] = []
    for outcome in outcomes {
      for effect in outcome.effects { add(effect, of: outcome, to: &drafts) }
    }
    return drafts.map { $0.delivery(at: now.milliseconds) }
  }

  private struct Draft {
    let sink: String
    let key: String
    let rule: String
    var payload: DeliveryPayload
    var path: String?

    func delivery(at now: Int64) -> NewDelivery {
      NewDelivery(
        sink: sink, kind: payload.kind, key: key, rule: rule, path: path,
        target: Outbox.target(of: payload, to: sink), payload: payload.encode(), createdAt: now, due: now)
    }
  }

  private func add(_ effect: Effect, of outcome: Outcome, to drafts: inout [Draft]) {
    if routesFilesOnly, !effect.isOfFile { return }
    switch effect {
    case .append(let path, let bytes, let rotation, let header):
      append(
        .append(path: path.description, bytes: bytes, rotation: rotation, header: header), to: path.description,
        outcome.handler, &drafts)
    case .write(let path, let bytes):
      write(bytes, to: path.description, outcome.handler, &drafts)
    case .webhook(let url, let body, let key):
      drafts.append(
        Draft(sink: Self.webhooks, key: key, rule: outcome.handler, payload: .webhook(url: url, body: body)))
    case .exec(let command, let key):
      drafts.append(
        Draft(
          sink: Self.commands, key: key, rule: outcome.handler,
          payload: .exec(
            arguments: command.arguments, standardInput: command.standardInput, timeout: command.timeout)))
    case .alert(let record, let names):
      let line = Array(record.jsonLine.utf8)
      for sink in routing.sinks(for: record, named: names) {
        if let path = fileSinks[sink] {
          append(.append(alert: line, to: path), to: path, outcome.handler, &drafts)
        } else {
          drafts.append(
            Draft(sink: sink, key: record.id, rule: outcome.handler, payload: .alert(line)))
        }
      }
    }
  }

  /// Of several writes in one commit nobody sees any but the last.
  private func write(_ bytes: [UInt8], to path: String, _ handler: String, _ drafts: inout [Draft]) {
    let payload = DeliveryPayload.write(path: path, bytes: bytes)
    if let last = drafts.lastIndex(where: { $0.path == path }), case .write = drafts[last].payload {
      drafts[last].payload = payload
    } else {
      drafts.append(Draft(sink: Self.files, key: "", rule: handler, payload: payload, path: path))
    }
  }

  private func append(
    _ payload: DeliveryPayload, to path: String, _ handler: String, _ drafts: inout [Draft]
  ) {
    // The last thing that was done to this file.
    if let last = drafts.lastIndex(where: { $0.path == path }),
      case .append(_, let before, nil, let header) = drafts[last].payload,
      case .append(_, let bytes, nil, header) = payload
    {
      drafts[last].payload = .append(path: path, bytes: before + bytes, rotation: nil, header: header)
      return
    }
    drafts.append(Draft(sink: Self.files, key: "", rule: handler, payload: payload, path: path))
  }
}

extension Effect {
  fileprivate var isOfFile: Bool {
    switch self {
    case .append, .write: true
    case .alert, .webhook, .exec: false
    }
  }
}

/// Which sinks get an alert.
public struct AlertRouting: Sendable {
  /// Where no route says otherwise.
  public var standard: [String]
  /// By severity.
  public var routes: [AlertRecord.Severity: [String]]

  public init(standard: [String], routes: [AlertRecord.Severity: [String]] = [:]) {
    self.standard = standard
    self.routes = routes
  }

  func sinks(for record: AlertRecord, named names: [String]) -> [String] {
    if !names.isEmpty { return names }
    return record.severity.flatMap { routes[$0] } ?? standard
  }
}

extension Timestamp {
  /// Since 1970, as the ledger counts.
  var milliseconds: Int64 { seconds * 1000 + Int64(nanoseconds / 1_000_000) }

  init(milliseconds: Int64) {
    let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    self.init(seconds: seconds, nanoseconds: Int32(milliseconds - seconds * 1000) * 1_000_000)
  }
}

extension DeliveryPayload {
  /// For whoever looks into the ledger.
  var kind: String {
    switch self {
    case .append: "append"
    case .write: "write"
    case .alert: "alert"
    case .webhook: "webhook"
    case .exec: "exec"
    }
  }
}
