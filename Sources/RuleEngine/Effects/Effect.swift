import BoxClient
import Delivery

/// What a handler wants done in the world. Collected while it runs, handed on when it has succeeded.
public enum Effect: Sendable {
  /// `to`: the sinks' names; empty for the default ones.
  case alert(AlertRecord, to: [String])
  case append(OutputPath, [UInt8], rotation: FileRotation?, header: [UInt8]?)
  case write(OutputPath, [UInt8])
  /// `body`: JSON text. `key`: the idempotency key.
  case webhook(url: String, body: [UInt8], key: String)
  case exec(Command, key: String)

  public struct Command: Sendable {
    public let arguments: [[UInt8]]
    public let standardInput: [UInt8]?
    public let timeout: Duration
  }

  /// For a dry run: what would be done.
  public var inWords: String {
    switch self {
    case .alert(let record, let sinks):
      "raise the \(record.kind.rawValue) \(record.headline)\(sinks.isEmpty ? "" : " at \(sinks.joined(separator: ", "))")"
    case .append(let path, let bytes, _, _): "append \(Count.text(bytes.count, "byte")) to \(path)"
    case .write(let path, let bytes): "write \(Count.text(bytes.count, "byte")) to \(path)"
    case .webhook(let url, let body, _): "send \(Count.text(body.count, "byte")) to \(url.prefix { $0 != "?" })"
    case .exec(let command, _): "run \(String(decoding: command.arguments.first ?? [], as: UTF8.self))"
    }
  }

  /// Bytes that it holds, for the limit on a call's effects.
  var size: Int {
    switch self {
    case .alert(let record, _): 256 + record.title.utf8.count + record.body.utf8.count + record.context.utf8.count
    case .append(_, let bytes, _, let header): 64 + bytes.count + (header?.count ?? 0)
    case .write(_, let bytes): 64 + bytes.count
    case .webhook(let url, let body, _): 64 + url.utf8.count + body.count
    case .exec(let command, _):
      64 + command.arguments.reduce(0) { $0 + $1.count } + (command.standardInput?.count ?? 0)
    }
  }
}
