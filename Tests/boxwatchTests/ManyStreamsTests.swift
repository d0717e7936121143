import BoxClient
import BoxSimulator
import Foundation
import Testing

@Suite("Many users' streams in one process", .timeLimit(.minutes(3)))
struct ManyStreamsTests {
  private static let users = (0..<200).map { String(1000 + $0) }

  private static func post(_ body: String, to address: String) async throws {
    let transport = PooledTransport()
    var call = HTTPCall(.POST, address + "/_simulator/events")
    call.body = Array(body.utf8)
    let answer = try await transport.send(call)
    #expect(answer.status < 300)
    try await transport.shutdown()
  }

  @Test("an event on each of 200 streams is handled once, under its stream's name, by one loaded rule file")
  func all() async throws {
    let scratch = try ScratchFolder()
    let rule = try scratch.write(
      "rules/a.lua",
      """
      local count = 0
      box.on("*", function(event)
        count = count + 1
        box.file.append("seen.txt", count .. " " .. event.stream .. "\\n")
      end)
      """)
    var simulated = BoxSimulator.Configuration()
    simulated.backlog = 0
    try await BoxSimulator(simulated).withRunning { address in
      let configuration = try scratch.write(
        "boxwatch.yaml",
        """
        accounts: { one: { auth: developer_token, token: t0ken-of-a-developer, api_url: "\(address)" } }
        streams: { people: { account: one, as_user: [\(Self.users.map { "\"\($0)\"" }.joined(separator: ", "))] } }
        budgets: { calls_per_minute: 0 }
        """)
      let state = ["--state", scratch.path("state")]
      let watcher = try Command.start(
        ["run", "--config", configuration, "--output", scratch.path("out"), rule] + state)
      func listening() async throws -> Int {
        let status = try await Command.run(["status", "--json"] + state)
        return status.text.components(separatedBy: "\"position\":\"").count - 1
      }
      while try await listening() < Self.users.count { try await Task.sleep(for: .milliseconds(200)) }
      let events = Self.users.map {
        "{\"event_type\":\"ITEM_UPLOAD\",\"created_by\":{\"type\":\"user\",\"id\":\"\($0)\"}}"
      }
      try await Self.post("[\(events.joined(separator: ","))]", to: address)
      func seen() -> [String] {
        ((try? scratch.read("out/seen.txt")) ?? "").split(separator: "\n").map(String.init)
      }
      while seen().count < Self.users.count { try await Task.sleep(for: .milliseconds(50)) }
      watcher.signal(SIGTERM)
      let ended = await watcher.finish()
      #expect(ended.status == 0, "\(ended.errors)")
      let lines = seen().map { $0.split(separator: " ").map(String.init) }
      #expect(lines.map { $0[0] } == (1...Self.users.count).map(String.init))
      #expect(lines.map { $0[1] }.sorted() == Self.users.map { "people/\($0)" }.sorted())
    }
  }
}
