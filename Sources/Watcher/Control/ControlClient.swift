import BoxClient
import Ledger

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Asks the watcher that runs on a state directory.
public struct ControlClient: Sendable {
  private let directory: StateDirectory
  let path: String
  let patience: Duration

  /// - Parameter patience: for the whole of one question and its answer.
  public init(_ directory: StateDirectory, patience: Duration = .seconds(10)) {
    self.directory = directory
    path = directory.file(ControlSocket.fileName)
    self.patience = patience
  }

  /// - Returns: nil when no watcher listens there.
  /// - Throws: ``ControlError``; `LedgerError` of kind `exposed` for a socket that others could use.
  public func ask(_ request: ControlRequest) async throws -> ControlAnswer? {
    guard let connection = try await connect() else { return nil }
    do {
      try await connection.write(try ControlCoding.encode(request), within: patience)
      guard let line = try await connection.line(longest: ControlAnswer.longest, within: patience) else {
        throw ControlError("\(path): the watcher ended before it answered", advice: "ask again")
      }
      return try ControlCoding.decode(ControlAnswer.self, from: line)
    } catch let failure as LineConnection.Failure {
      if case .timedOut = failure { throw silent }
      throw ControlError("\(path): \(failure.text)", advice: "ask again; the watcher's log may say more")
    } catch is DecodingError {
      throw ControlError(
        "\(path): the watcher's answer is not understood",
        advice: "use the version of boxwatch that runs there")
    }
  }

  /// - Returns: nil when no watcher listens there.
  func connect() async throws -> sending LineConnection? {
    guard try directory.holds(ControlSocket.fileName) else { return nil }
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      do {
        let (descriptor, isFull) = try UnixSocket.open(connectedTo: path)
        if !isFull {
          guard let descriptor else { return nil }
          let connection = LineConnection(descriptor)
          guard connection.peer == geteuid() else {
            throw ControlError("\(path): it is not this user who listens there", advice: "see who runs there")
          }
          return connection
        }
      } catch let error as UnixSocket.Failure {
        throw ControlError("\(path): \(error.text)", advice: "see that the state directory is this user's own")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw silent
  }

  var silent: ControlError {
    ControlError(
      "\(path): the watcher has not answered within \(patience.roundedText)",
      advice: "it may still do what it was asked; its log says what it waits for")
  }
}

/// The watcher on a state directory cannot be asked, or does not do what it was asked.
public struct ControlError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public let message: String
  /// What to do about it.
  public let advice: String

  init(_ message: String, advice: String) {
    self.message = message
    self.advice = advice
  }

  public var description: String { "\(message); \(advice)" }
}
