import BoxClient
import Delivery
import RuleEngine

/// What a prompt's Lua asks for, carried out as `run` does: Box, other hosts, files that were delivered.
public struct PromptServices: Sendable {
  public var allowedHosts: [String] = []
  public var secrets: [(name: String, value: Secret, hosts: [String]?)] = []
  public var mayWriteToBox = false
  /// The output directory; nil where there is none yet.
  public var output: OutputDirectory?

  public init() {}

  /// Runs `body` with the services, and ends what they needed.
  ///
  /// - Throws: ``InvalidHostPattern``; what `body` throws.
  public func withServices<Result>(
    client: BoxClient, log: @escaping @Sendable (RuleLogLine) -> Void,
    _ body: (any RuleServices) async throws -> Result
  ) async throws -> Result {
    let allowed = try AllowedHosts(allowedHosts)
    let bound = try Dictionary(secrets.map { ($0.name, try BoundSecret($0.value, hosts: $0.hosts)) }) { $1 }
    let connections = PinnedConnections()
    let services = BoxServices(
      streams: [WatchedStream(name: "default", streamType: .all, client: client)],
      http: GuardedHTTPClient(allowed: allowed, connections: connections), output: output, secrets: bound,
      mayWrite: mayWriteToBox, isDryRun: false, positions: { _ in nil }, log: log)
    do {
      let result = try await body(services)
      await connections.shutdown()
      return result
    } catch {
      await connections.shutdown()
      throw error
    }
  }
}
