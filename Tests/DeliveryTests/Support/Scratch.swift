import Delivery
import Foundation

/// A directory of a test's own, removed at the end of its life: `output` in it is the output directory, and what is
/// beside that must never be touched.
final class Scratch: Sendable {
  let root: String
  let output: OutputDirectory

  var outputPath: String { root + "/output" }
  var outside: String { root + "/outside" }

  init(durable: Bool = false) throws {
    // As the system spells it in /proc: no link, no doubled slash.
    let place = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
    var template = Array((place + "/delivery-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    output = try OutputDirectory(path: root + "/output", durable: durable)
    mkdir(outside, 0o755)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// The absolute path of something in the output directory.
  func inside(_ path: String) -> String { outputPath + "/" + path }

  func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: inside(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Puts a file into the output directory as somebody else would.
  func put(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: inside(path)))
  }

  /// The names in the output directory or below it, sorted.
  func names(_ path: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: inside(path)).sorted()
  }

  func namesOutside() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: outside) }

  @discardableResult
  func append(
    _ text: String, _ path: String, rotation: FileRotation? = nil, header: String? = nil, resuming mark: FileMark? = nil
  ) throws -> Appended {
    try output.append(
      Array(text.utf8), to: OutputPath(path), rotation: rotation, header: header.map { Array($0.utf8) }, resuming: mark)
  }

  func write(_ text: String, _ path: String) throws { try output.write(Array(text.utf8), to: OutputPath(path)) }

  func read(_ path: String, limit: Int = 1 << 20) throws -> String? {
    try output.read(OutputPath(path), limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  func mark(_ path: String) throws -> FileMark { try output.mark(of: OutputPath(path)) }
}

/// The error's text, or what came instead.
func message(_ body: () throws -> some Any) -> String {
  do {
    return "no error, but \(try body())"
  } catch {
    return "\(error)"
  }
}

/// How many of the process's descriptors are open on a path or below it; other tests open their own meanwhile.
func openDescriptors(below path: String) throws -> Int {
  try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name))?.hasPrefix(path) ?? false
  }
}
