import BoxClient
import Foundation

@testable import RuleEngine

/// A folder of recorded files that goes with the test.
final class RecordingFixture {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("recording-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  func file(named name: String = "recorded", _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
    return path(name)
  }

  func file(named name: String = "recorded", _ text: String) throws -> String { try file(named: name, text.utf8) }
}

/// All that was read.
struct Recording {
  var texts: [String] = []
  var pageSizes: [Int] = []
  var badLines: [BadLine] = []

  var badNumbers: [Int] { badLines.map(\.line) }

  init(_ paths: String..., limits: RecordingLimits = RecordingLimits()) throws {
    var recorded = try RecordedEvents(paths: paths, limits: limits)
    while let page = try recorded.next() {
      texts += page.events.entries.map(\.text)
      pageSizes.append(page.events.entries.count)
      badLines += page.badLines
    }
  }
}

extension RecordingLimits {
  static func with(_ change: (inout RecordingLimits) -> Void) -> RecordingLimits {
    var limits = RecordingLimits()
    change(&limits)
    return limits
  }
}
