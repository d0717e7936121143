/// Why a simulator does not start. `description` is meant for a person.
public enum BoxSimulatorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another program listens on the port already.
  case portInUse(host: String, port: Int)
  /// The address cannot be listened on, for another reason.
  case cannotListen(host: String, port: Int, reason: String)
  /// The file of events cannot be read.
  case unreadableEventsFile(path: String, reason: String)
  /// A line of the file of events is no event. Lines count from 1.
  case badEventLine(path: String, line: Int, reason: String)
  /// A text that was handed in as event is none. Texts count from 1.
  case badEvent(number: Int, reason: String)
  /// `start` or `run` was called a second time.
  case alreadyStarted

  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "port \(port) on \(host) is in use by another program; choose another one, or 0 for any free one"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host):\(port): \(reason)"
    case .unreadableEventsFile(let path, let reason):
      "cannot read the events file \(path): \(reason)"
    case .badEventLine(let path, let line, let reason):
      "\(path):\(line): this line is no event: \(reason)"
    case .badEvent(let number, let reason):
      "event \(number) is no event: \(reason)"
    case .alreadyStarted:
      "the simulator has been started already; make a new one"
    }
  }
}
