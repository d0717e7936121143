import CMemory
import Foundation
import Testing

@Suite("The process's memory")
struct ProcessMemoryTests {
  /// Pages of files that are mapped now, from the third number of /proc/self/statm; proc(5).
  private static func filePages() throws -> Int {
    let numbers = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(numbers[2]))
  }

  @Test("code that is let go of leaves the process, and runs again when it is called")
  func releaseCode() throws {
    let text = String(decoding: try JSONSerialization.data(withJSONObject: ["a": [1, 2.5]]), as: UTF8.self)
    let before = try Self.filePages()
    let released = cmem_release_code()
    let after = try Self.filePages()
    #expect(released > 1 << 20)
    #expect(after < before / 2, "\(before) pages before, \(after) after")
    #expect(String(decoding: try JSONSerialization.data(withJSONObject: ["a": [1, 2.5]]), as: UTF8.self) == text)
  }
}
