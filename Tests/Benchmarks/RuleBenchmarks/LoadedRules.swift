import BoxClient
import Foundation
import RuleEngine

/// One rule file, loaded, with budgets that end no benchmark.
struct LoadedRules {
  private let path: String
  private let engine: RuleEngine
  private let source: RuleSource

  static func run(_ text: String, _ body: (LoadedRules) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("rule.lua").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    var options = RuleOptions()
    options.cpu = .seconds(60)
    options.wait = .seconds(60)
    let source = try RuleSource.find([path])[0]
    let services = OfflineServices(output: nil, answers: nil) { _ in }
    let (engine, problems) = await RuleEngine.load([source], options: options, services: services)
    guard problems.isEmpty else { fatalError("\(problems)") }
    try await body(LoadedRules(path: path, engine: engine, source: source))
    await engine.close()
  }

  func handle(_ page: Events) async -> [Outcome] {
    await engine.handle(page, fresh: Array(page.entries.indices), stream: "default").outcomes
  }

  /// Writes the file and loads it anew.
  func reload(_ text: String) async throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let report = await engine.reload([source]) { _ in RememberedState(cells: [], quarantined: [], backlog: 0) }
    guard report.changed.count == 1 else { fatalError("not reloaded: \(report.problems)") }
  }

  /// Uploads of different files by one user.
  static func page(of count: Int) throws -> Events {
    let events = (0..<count).map { number in
      """
      {"type":"event","event_id":"\(number)","event_type":"ITEM_UPLOAD","created_at":"2026-01-05T09:14:00-08:00",\
      "created_by":{"type":"user","id":"7","login":"ada@example.com"},\
      "source":{"type":"file","id":"\(number)","name":"file \(number).pdf","parent":{"type":"folder","id":"70"}}}
      """
    }
    return try Events(array: PaddedBytes("[\(events.joined(separator: ","))]".utf8))
  }
}

/// Bytes that the process holds in memory.
func residentMemory() -> Int {
  let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii))?.split(separator: " ")
  guard let pages = fields?.dropFirst().first.flatMap({ Int($0) }) else { fatalError("/proc/self/statm is unreadable") }
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
