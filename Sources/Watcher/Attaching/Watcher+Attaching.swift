import BoxClient
import Delivery
import Ledger
import RuleEngine

extension Watcher {
  /// Serves a prompt until its connection ends. Everything of it goes then.
  func attach(_ request: ControlRequest.Prompt, _ connection: LineConnection) async {
    let output = AttachedOutput()
    let recent = RecentEvents { output.show($0) }
    guard let place = prompts.join(recent) else {
      return await refuse(connection, "\(AttachedPrompts.most) prompts are attached already; end one of them")
    }
    defer { prompts.leave(place) }
    guard let live = current else { return await refuse(connection, "the watcher is just starting or ending") }
    let connections = PinnedConnections()
    do {
      let attached = try await AttachedPrompt(
        self, live, request, output: output, recent: recent,
        services: try promptServices(live, connections, sends: request.allowWrite, output),
        explaining: try promptServices(live, connections, sends: false, output))
      logger.notice("a prompt is attached\(request.allowWrite ? ", which may write" : "")")
      await AttachedConnection(prompt: attached, output: output).serve(connection)
      await attached.end()
      logger.notice("the prompt has gone")
    } catch {
      await refuse(connection, "\(error)")
    }
    await connections.shutdown()
  }

  private func refuse(_ connection: LineConnection, _ reason: String) async {
    guard let line = try? ControlCoding.encode(AttachedMessage(error: reason)) else { return }
    try? await connection.write(line, within: .seconds(5))
  }

  /// As the rules'.
  ///
  /// - Parameter sends: whether calls are sent that change something.
  private func promptServices(
    _ live: Live, _ connections: PinnedConnections, sends: Bool, _ output: AttachedOutput
  ) throws -> BoxServices {
    let http = GuardedHTTPClient(allowed: try AllowedHosts(configuration.allowedHosts), connections: connections)
    return BoxServices(
      streams: configuration.streams, http: http, output: live.output,
      secrets: try Dictionary(
        configuration.secrets.map { ($0.name, try BoundSecret($0.value, hosts: $0.hosts)) }
      ) { $1 },
      mayWrite: configuration.mayWriteToBox, isDryRun: configuration.isDryRun || !sends,
      positions: { [self] stream in self.streams.first { $0.stream.name == stream }?.position },
      log: { line in
        if line.level != .debug {
          output.log(line.level == .info ? line.text : "\(line.level.rawValue): \(line.text)")
        }
      })
  }
}
