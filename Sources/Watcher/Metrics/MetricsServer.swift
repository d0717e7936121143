import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `--metrics`: `/metrics` in Prometheus' text format, `/healthz`, `/readyz`, and the status as JSON at `/`.
struct MetricsServer: Sendable {
  let host: String
  let port: Int
  let logger: Logger
  let status: @Sendable () async -> StatusReport?

  /// Serves until the task is cancelled. What ends it later is told of, and nothing else suffers.
  ///
  /// - Throws: ``WatcherError/cannotListen(host:port:reason:)``.
  func run() async throws {
    let serves = Began()
    do {
      try await run { serves.note() }
    } catch  where Task.isCancelled {
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
      guard serves.isTrue else { throw WatcherError.cannotListen(host: host, port: port, reason: reason) }
      logger.error("metrics on \(host):\(port): \(reason)")
    }
  }

  private final class Began: Sendable {
    private let value = Atomic(false)
    var isTrue: Bool { value.load(ordering: .acquiring) }
    func note() { value.store(true, ordering: .releasing) }
  }

  private func run(_ began: @escaping @Sendable () -> Void) async throws {
    var silent = logger
    silent.logLevel = .critical
    let application = Application(
      router: router(), configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { [host, port, logger] channel in
        began()
        logger.notice("metrics on http://\(host):\(channel.localAddress?.port ?? port)/metrics")
      }, logger: silent)
    var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: silent)
    configuration.maximumGracefulShutdownDuration = .seconds(2)
    let group = ServiceGroup(configuration: configuration)
    let serving = Task { try await group.run() }
    try await withTaskCancellationHandler {
      try await serving.value
    } onCancel: {
      Task { await group.triggerGracefulShutdown() }
    }
  }

  private func router() -> Router<BasicRequestContext> {
    let router = Router()
    // The process answers: that is all that being alive means.
    router.get("/healthz") { _, _ in "ok\n" }
    router.get("/readyz") { [status] _, _ in
      guard let report = await status() else { return Self.text("starting\n", .serviceUnavailable) }
      let trouble = report.trouble
      return trouble.isEmpty
        ? Self.text("ok\n", .ok) : Self.text(trouble.joined(separator: "\n") + "\n", .serviceUnavailable)
    }
    router.get("/metrics") { [status] _, _ in
      guard let report = await status() else { return Self.text("", .serviceUnavailable) }
      return Self.text(MetricsText.of(report), .ok, type: "text/plain; version=0.0.4; charset=utf-8")
    }
    router.get("/") { [status] _, _ in
      guard let report = await status(), let json = try? ControlCoding.encode(report) else {
        return Self.text("starting\n", .serviceUnavailable)
      }
      return Self.text(String(decoding: json, as: UTF8.self), .ok, type: "application/json")
    }
    return router
  }

  private static func text(
    _ text: String, _ status: HTTPResponse.Status, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}

extension StatusReport {
  /// What keeps the watcher from doing its work now.
  var trouble: [String] {
    var lines: [String] = []
    if let ledgerTrouble { lines.append("the ledger cannot be written: \(ledgerTrouble.reason)") }
    for stream in streams {
      if let stopped = stream.stopped { lines.append("stream \(stream.name) has ended: \(stopped)") }
      if let error = stream.waiting?.error { lines.append("stream \(stream.name) waits: \(error)") }
      if let held = stream.heldBy { lines.append("stream \(stream.name) is held by \(held.reason)") }
      if stream.stopped == nil, stream.lastPage == nil { lines.append("stream \(stream.name) has had no page yet") }
    }
    return lines
  }
}
