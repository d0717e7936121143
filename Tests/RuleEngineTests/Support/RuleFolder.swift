import Foundation

@testable import RuleEngine

/// A folder of rule files that goes with the test.
final class RuleFolder: Sendable {
  private let url: URL

  init(_ texts: KeyValuePairs<String, String>) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in texts { try write(name, text) }
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func write(_ name: String, _ text: String) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(at: url.appendingPathComponent(name)) }

  func sources() throws -> [RuleSource] { try RuleSource.find([url.path]) }
}
