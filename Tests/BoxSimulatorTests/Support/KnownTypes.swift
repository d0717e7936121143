import Foundation
import Testing

/// The event types that Box's specification lists, from the extract beside the conformance script.
enum KnownTypes {
  static func enterprise() throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Conformance/event-types.txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    return lines.filter { !$0.hasPrefix("#") }.compactMap { line in
      let columns = line.split(separator: " ")
      return columns.count == 2 && columns[1] == "enterprise" ? String(columns[0]) : nil
    }
  }
}
