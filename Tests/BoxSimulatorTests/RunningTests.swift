import Testing

@testable import BoxSimulator

@Suite("Running")
struct RunningTests {
  private func configuration(port: Int = 0) -> BoxSimulator.Configuration {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 0
    configuration.port = port
    return configuration
  }

  @Test("a port that is in use is told by its number")
  func portInUse() async throws {
    try await Simulation.run { simulation in
      let port = Int(simulation.http.port)
      let second = try BoxSimulator(configuration(port: port))
      await #expect(throws: BoxSimulatorError.portInUse(host: "127.0.0.1", port: port)) { try await second.start() }
      await #expect(throws: BoxSimulatorError.alreadyStarted) { try await second.run() }
    }
  }

  @Test("an address that is not this machine's is told")
  func foreignAddress() async throws {
    var configuration = configuration()
    configuration.host = "192.0.2.1"
    let simulator = try BoxSimulator(configuration)
    await #expect(throws: BoxSimulatorError.self) { try await simulator.start() }
  }

  @Test("stopping frees the port for the next simulator")
  func stopping() async throws {
    // Whoever else asks for any free port may be given this one: then another is tried. A port that is never freed
    // fails every time.
    var freed = false
    for _ in 1...5 where !freed {
      let first = try BoxSimulator(configuration())
      let baseURL = try await first.start()
      #expect(first.baseURL == baseURL)
      await first.stop()
      let second = try BoxSimulator(configuration(port: Int(try RawHTTP(baseURL: baseURL).port)))
      freed = await (try? second.start()) == baseURL
      await second.stop()
    }
    #expect(freed)
  }

  @Test("run ends without an error when its task is cancelled")
  func cancelling() async throws {
    let simulator = try BoxSimulator(configuration())
    let (listening, continuation) = AsyncStream<String>.makeStream()
    let task = Task { try await simulator.run { continuation.yield($0) } }
    for await _ in listening { break }
    task.cancel()
    try await task.value
  }

  @Test("live events come at their rate, and ring")
  func liveEvents() async throws {
    try await Simulation.run(.with { $0.rate = 500 }) { simulation in
      let channel = try await simulation.channel()
      for _ in 0..<3 {
        let position = try await simulation.page("stream_position=now").position
        let reply = try await simulation.http.send("GET", "\(channel)&stream_position=\(position)")
        #expect(reply?.text.contains("new_change") == true)
        #expect(try await !simulation.page("stream_position=\(position)").events.isEmpty)
      }
    }
  }

  @Test("live events of a second run are not those of the first")
  func freshIds() async throws {
    var runs: [Set<String>] = []
    for _ in 0..<2 {
      try await Simulation.run(.with { $0.backlog = 20 }) { simulation in
        let position = try await simulation.page("stream_type=admin_logs&stream_position=now").position
        simulation.simulator.generate(20)
        runs.append(Set(try await simulation.page("stream_type=admin_logs&stream_position=\(position)").ids))
      }
    }
    #expect(!runs[0].isEmpty)
    #expect(runs[0].isDisjoint(with: runs[1]))
  }
}
