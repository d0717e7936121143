import Ledger
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The Unix domain socket in the state directory at which a running watcher answers `status` and `parked`: a
/// ``ControlRequest`` a line, a ``ControlAnswer`` a line.
///
/// Only the watcher's own user is answered. At rest it costs nothing but a descriptor.
struct ControlSocket {
  static let fileName = "watcher.sock"

  private let path: String
  private let logger: Logger
  private let answer: @Sendable (ControlRequest) async -> ControlAnswer
  /// Serves a prompt until its connection ends.
  private let attach: @Sendable (ControlRequest.Prompt, LineConnection) async -> Void
  /// For a whole request to come, and for an answer to be taken.
  private let patience: Duration

  /// Connections at a time; others wait until one of them has ended.
  private static let mostConnections = 8

  /// - Precondition: the directory's lock is held, so that nobody else answers there.
  init(
    _ directory: StateDirectory, logger: Logger, patience: Duration = .seconds(5),
    attach: @escaping @Sendable (ControlRequest.Prompt, LineConnection) async -> Void = { _, _ in },
    answer: @escaping @Sendable (ControlRequest) async -> ControlAnswer
  ) {
    path = directory.file(Self.fileName)
    self.logger = logger
    self.patience = patience
    self.attach = attach
    self.answer = answer
  }

  /// Answers until the task is cancelled. A socket that cannot be made is told of, and nothing else suffers.
  func run() async {
    do throws(UnixSocket.Failure) {
      let listener = try UnixSocket.open(listeningAt: path)
      await serve(listener)
      UnixSocket.remove(path)
      close(listener)
    } catch {
      logger.warning("\(path): \(error.text); status reads the ledger alone, and parked retry and drop must wait")
    }
  }

  private func serve(_ listener: CInt) async {
    await withTaskGroup(of: Void.self) { group in
      var open = 0
      while !Task.isCancelled {
        if open == Self.mostConnections {
          await group.next()
          open -= 1
        }
        do throws(UnixSocket.Failure) {
          guard let connection = try UnixSocket.nextConnection(of: listener) else {
            await Readiness.wait(listener, for: .reading, until: nil)
            continue
          }
          open += 1
          group.addTask { await serve(LineConnection(connection)) }
        } catch {
          logger.warning("\(path): \(error.text)")
          // No descriptor is left, say: the one who waits stays there, and would be found again at once.
          try? await Task.sleep(for: .seconds(1))
        }
      }
    }
  }

  private func serve(_ connection: LineConnection) async {
    guard connection.peer == geteuid() else {
      return logger.warning("\(path): another user's connection was closed")
    }
    do {
      while let line = try await connection.line(longest: ControlRequest.longest, within: patience) {
        if let prompt = Self.prompt(line) { return await attach(prompt, connection) }
        let answer = await answer(to: line)
        try await connection.write(try ControlCoding.encode(answer), within: patience)
      }
    } catch {
      // The client is gone, or is given up; it sees that itself.
      logger.debug("\(path): a connection was closed: \((error as? LineConnection.Failure)?.text ?? "\(error)")")
    }
  }

  private static func prompt(_ line: [UInt8]) -> ControlRequest.Prompt? {
    guard let request = try? ControlCoding.decode(ControlRequest.self, from: line), request.command == .attach else {
      return nil
    }
    return request.prompt ?? ControlRequest.Prompt()
  }

  private func answer(to line: [UInt8]) async -> ControlAnswer {
    guard let request = try? ControlCoding.decode(ControlRequest.self, from: line) else {
      return .error(#"this is no request; one is {"command":"status"}, or "retry" or "drop" with "ids":[…]"#)
    }
    guard (request.ids ?? []).count <= ControlRequest.mostIDs else {
      return .error("a request names \(ControlRequest.mostIDs) ids at most")
    }
    return await answer(request)
  }
}
