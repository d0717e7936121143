import BoxClient
import BoxSimulator

/// Runs `body` with a transport of its own.
func withTransport(_ body: (PooledTransport) async throws -> Void) async throws {
  let transport = PooledTransport()
  do {
    try await body(transport)
  } catch {
    try await transport.shutdown()
    throw error
  }
  try await transport.shutdown()
}

/// Runs `body` with a simulator that is served, and a transport to it.
func withSimulator(
  _ simulator: BoxSimulator, _ body: (_ transport: PooledTransport, _ url: String) async throws -> Void
) async throws {
  try await withTransport { transport in
    try await simulator.withRunning { url in try await body(transport, url) }
  }
}
