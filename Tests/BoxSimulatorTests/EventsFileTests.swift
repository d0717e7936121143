import Foundation
import Testing

@testable import BoxSimulator

@Suite("Events files")
struct EventsFileTests {
  private func file(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "boxwatch-\(UUID().uuidString).jsonl").path()
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test("stand in place of the backlog, line by line, in their order")
  func lines() async throws {
    let path = try file("{\"event_id\":\"a\",\"n\":1}\n\n  \r\n{\"event_id\":\"b\"}\r\n{\"event_id\":\"c\"}")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await Simulation.run(
      .with {
        $0.backlog = 500
        $0.eventsFile = path
      }
    ) { (simulation) async throws in
      #expect(try await simulation.page().ids == ["a", "b", "c"])
      #expect(try await simulation.page("stream_type=admin_logs_streaming").ids == ["a", "b", "c"])
    }
  }

  @Test("without ids give the same ids in every run")
  func stableIds() async throws {
    let path = try file("{\"n\":1}\n{\"n\":2}\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var runs: [[String]] = []
    for _ in 0..<2 {
      try await Simulation.run(.with { $0.eventsFile = path }) { runs.append(try await $0.page().ids) }
    }
    #expect(runs[0] == runs[1])
    #expect(Set(runs[0]).count == 2)
  }

  @Test("with a bad line name the file and the line")
  func badLine() throws {
    let path = try file("{\"event_id\":\"a\"}\n\n{\"event_id\":\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var configuration = BoxSimulator.Configuration()
    configuration.eventsFile = path
    #expect(throws: BoxSimulatorError.badEventLine(path: path, line: 3, reason: "the JSON text ends too early")) {
      try BoxSimulator(configuration)
    }
    do {
      _ = try BoxSimulator(configuration)
    } catch {
      #expect(error.description == "\(path):3: this line is no event: the JSON text ends too early")
    }
  }

  @Test("that are not there say so")
  func missingFile() throws {
    var configuration = BoxSimulator.Configuration()
    configuration.eventsFile = "/nonexistent/events.jsonl"
    #expect(
      throws: BoxSimulatorError.unreadableEventsFile(
        path: "/nonexistent/events.jsonl", reason: "there is no such file")
    ) {
      try BoxSimulator(configuration)
    }
  }
}
