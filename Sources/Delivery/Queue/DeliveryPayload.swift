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
