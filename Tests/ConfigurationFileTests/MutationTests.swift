import Testing

@testable import ConfigurationFile

@Suite("Files that were damaged")
struct MutationTests {
  /// The same numbers in every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  private static let pieces = [
    "${", "}", "$${", "*a", "&a ", "{", "[", "]", ":", "- ", "\n", "\t", "\"", "'", "|", ">", "!", "? ", "<<: ", "~",
    "#",
    "\u{0}", "\u{85}", "é", "null", "-1", "999999999999999999999", "../..", "\r\n", "%", "@", "`", ",", "---\n",
    "...\n",
  ].map { Array($0.utf8) }

  /// As if the bytes stood in the workshop's file, which takes longer to write than to read.
  private func read(_ bytes: [UInt8], _ workshop: Workshop) throws(ConfigurationError) -> BoxwatchConfiguration {
    try BoxwatchConfiguration(
      FileContent(bytes: bytes, isReadableByOthers: true),
      ReadingContext(file: workshop.file) { workshop.environment[$0] })
  }

  private func mutate(_ bytes: inout [UInt8], _ numbers: inout Numbers) {
    let place = Int.random(in: 0..<max(1, bytes.count), using: &numbers)
    let end = min(bytes.count, place + Int.random(in: 0...12, using: &numbers))
    switch Int.random(in: 0..<5, using: &numbers) {
    case 0: bytes.removeSubrange(min(place, end)..<end)
    case 1: bytes.insert(contentsOf: Self.pieces.randomElement(using: &numbers)!, at: min(place, bytes.count))
    case 2: bytes.replaceSubrange(min(place, end)..<end, with: Self.pieces.randomElement(using: &numbers)!)
    case 3: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &numbers) }
    default:
      let from = Int.random(in: 0..<max(1, bytes.count), using: &numbers)
      bytes.insert(contentsOf: bytes[min(from, bytes.count)..<min(bytes.count, from + 40)], at: min(place, bytes.count))
    }
  }

  @Test("Each is read, or told with places inside the file; no message has a secret", arguments: 1...8)
  func mutations(seed: UInt64) throws {
    let workshop = try Example.workshop()
    let whole = Array(Example.yamlHere.utf8)
    var numbers = Numbers(state: seed &* 0x9E37_79B9_7F4A_7C15)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &numbers) { mutate(&bytes, &numbers) }
      do {
        _ = try read(bytes, workshop)
      } catch {
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 } + 2
        #expect(!error.problems.isEmpty)
        for problem in error.problems {
          #expect(problem.line <= lines && (problem.line == 0) == (problem.column == 0), "\(problem)")
          #expect(!problem.message.contains("hunter2") && !problem.message.isEmpty, "\(problem)")
        }
      }
    }
  }

  @Test("A file that was cut anywhere")
  func cuts() throws {
    let workshop = try Example.workshop()
    let whole = Array(Example.yamlHere.utf8)
    var readable = 0
    for length in 0..<whole.count {
      do {
        _ = try read(Array(whole[..<length]), workshop)
        readable += 1
      } catch {
        #expect(!error.problems.isEmpty)
      }
    }
    #expect(readable > 0 && readable < whole.count)
  }
}
