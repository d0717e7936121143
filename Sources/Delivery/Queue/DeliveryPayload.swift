import BoxClient

/// What one delivery carries out into the world.
public enum DeliveryPayload: Sendable, Hashable {
  /// Adds to the end of a file of the output directory.
  case append(path: String, bytes: [UInt8], rotation: FileRotation?, header: [UInt8]?)
  /// Replaces a file of the output directory.
  case write(path: String, bytes: [UInt8])
  /// An alert's record, as JSON text, for the sink that the delivery belongs to.
  case alert([UInt8])
  /// JSON text, posted to a rule's own URL.
  case webhook(url: String, body: [UInt8])
  /// A command with its arguments.
  case exec(arguments: [[UInt8]], standardInput: [UInt8]?, timeout: Duration)
}

extension DeliveryPayload {
  /// The file of the output directory that it changes.
  public var path: String? {
    switch self {
    case .append(let path, _, _, _), .write(let path, _): path
    case .alert, .webhook, .exec: nil
    }
  }

  /// Where it goes, beyond what its sink's name says, and without what may be secret: a file, a webhook's scheme, host
  /// and port, a command.
  public var place: String? {
    switch self {
    case .append, .write: path
    case .alert: nil
    case .webhook(let url, _): Origin(url)?.description
    case .exec(let arguments, _, _): arguments.first.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// An alert for a sink of type `file`: a JSON line at the end of the file.
  public static func append(alert json: [UInt8], to path: String) -> Self {
    .append(path: path, bytes: json + [UInt8(ascii: "\n")], rotation: nil, header: nil)
  }
}

/// Stored bytes that cannot be read back.
public struct DamagedPayload: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with them.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
