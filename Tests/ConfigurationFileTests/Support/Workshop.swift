import ConfigurationFile
import Foundation

/// A folder of its own with a configuration in it; gone with the last reference.
final class Workshop {
  let folder: String
  var environment: [String: String]

  init(environment: [String: String] = [:]) throws {
    self.environment = environment
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("configuration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var file: String { folder + "/boxwatch.yaml" }

  func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: Int = 0o600) throws {
    let path = folder + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  func write(_ name: String, _ text: String, mode: Int = 0o600) throws { try write(name, text.utf8, mode: mode) }

  func load(_ yaml: String, mode: Int = 0o600, forgivesMissing: Bool = false) throws -> BoxwatchConfiguration {
    try write("boxwatch.yaml", yaml, mode: mode)
    return try BoxwatchConfiguration.load(file, forgivesMissing: forgivesMissing) { self.environment[$0] }
  }

  /// What is wrong with a file, as `line:column: message`, with `FOLDER` for the folder's path.
  func mistakes(_ yaml: String) throws -> [String] {
    do {
      _ = try load(yaml)
      return []
    } catch let error as ConfigurationError {
      return error.problems.map(short)
    }
  }

  func warnings(_ yaml: String, mode: Int = 0o600) throws -> [String] { try load(yaml, mode: mode).warnings.map(short) }

  private func short(_ problem: ConfigurationProblem) -> String {
    let text = problem.description.replacingOccurrences(of: file + ":", with: "")
    return text.replacingOccurrences(of: folder, with: "FOLDER").trimmingCharacters(in: .whitespaces)
  }
}

/// Reads a file that needs nothing beside it.
func load(_ yaml: String, environment: [String: String] = [:]) throws -> BoxwatchConfiguration {
  try Workshop(environment: environment).load(yaml)
}

func mistakes(_ yaml: String, environment: [String: String] = [:]) throws -> [String] {
  try Workshop(environment: environment).mistakes(yaml)
}
