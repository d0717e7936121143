import Hummingbird
import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The HTTP server in front of a simulated account.
struct SimulatorServer {
  let core: SimulatorCore
  let logger: Logger

  /// Serves until the task is cancelled.
  /// - Throws: ``BoxSimulatorError`` where the address cannot be listened on.
  func run(onListening: @escaping @Sendable (String) async -> Void) async throws {
    let host = core.configuration.host
    let port = core.configuration.port
    // Hummingbird logs being cancelled as an error, and what is really wrong it throws.
    var serverLogger = logger
    serverLogger.logLevel = .critical
    let application = Application(
      responder: SimulatorResponder(core: core),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "BoxSimulator"),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        let baseURL = "http://\(host.contains(":") ? "[\(host)]" : host):\(bound)"
        core.baseURL.withLock { $0 = baseURL }
        await onListening(baseURL)
      },
      logger: serverLogger)
    do {
      try await application.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw BoxSimulatorError.portInUse(host: host, port: port)
    } catch let error as IOError {
      throw BoxSimulatorError.cannotListen(host: host, port: port, reason: "\(error)")
    } catch let error as SocketAddressError {
      throw BoxSimulatorError.cannotListen(host: host, port: port, reason: "\(error)")
    } catch is CancellationError {
      // Cancelling is how the simulator is stopped.
    }
  }
}
