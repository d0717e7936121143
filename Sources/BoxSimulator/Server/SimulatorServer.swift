import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

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
    // Requests are answered where they arrive: nothing here takes long, and another thread would have to be woken twice.
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let application = Application(
      responder: SimulatorResponder(core: core),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "BoxSimulator"),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        let baseURL = "http://\(host.contains(":") ? "[\(host)]" : host):\(bound)"
        core.baseURL.withLock { $0 = baseURL }
        await onListening(baseURL)
      },
      eventLoopGroupProvider: .shared(loop), logger: serverLogger)
    do {
      try await serve(application, on: loop, logger: serverLogger)
    } catch  where Task.isCancelled {
      // Cancelling is how the simulator is stopped.
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw BoxSimulatorError.portInUse(host: host, port: port)
    } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode)).lowercased()
      throw BoxSimulatorError.cannotListen(host: host, port: port, reason: reason)
    } catch is SocketAddressError.UnknownHost {
      throw BoxSimulatorError.cannotListen(host: host, port: port, reason: "there is no such host")
    } catch {
      throw BoxSimulatorError.cannotListen(host: host, port: port, reason: "\(error)")
    }
  }

  /// Serves until the task is cancelled: then the port is given up first and connections are closed after it. Were the
  /// server itself cancelled, a connection accepted in that moment would be dropped without being closed, which ends
  /// the process.
  private func serve(
    _ application: some ApplicationProtocol, on loop: any EventLoop, logger: Logger
  ) async throws {
    var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: logger)
    // Polls, stalls and delays end by themselves then. What else keeps a connection busy is cut off in the end.
    configuration.maximumGracefulShutdownDuration = .seconds(5)
    let group = ServiceGroup(configuration: configuration)
    let serving = Task(executorPreference: LoopExecutor(loop)) { try await group.run() }
    try await withTaskCancellationHandler {
      try await serving.value
    } onCancel: {
      Task { await group.triggerGracefulShutdown() }
    }
  }
}
