import BoxClient
import ConfigurationFile
import Foundation

/// The secrets that a command was given, and that nothing it prints may hold. They are found where tests put them, so
/// that no test need name them: in variables, and in the files of the scratch folders that the command can see.
struct HandedSecrets {
  private let environment: [String: String]
  private let folders: [URL]
  /// The secrets, and where each was found.
  private var origins: [String: String] = [:]
  /// What of them cannot be told from other text.
  private(set) var tooShort: Set<String> = []

  private static let leastLength = 8

  init(arguments: [String], environment: [String: String], directory: String?) {
    self.environment = environment
    let places = arguments + environment.values + [directory].compactMap(\.self)
    folders = Set(places.flatMap(ScratchFolder.folders(in:))).sorted().map { URL(fileURLWithPath: $0) }
    for (name, value) in environment where Self.isSecret(name) { add(value, from: "the variable \(name)") }
    look()
  }

  private static func isSecret(_ name: String) -> Bool {
    ["TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "_KEY"].contains(where: name.contains)
  }

  mutating func add(_ secret: String, from origin: String) {
    let secret = secret.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !secret.isEmpty else { return }
    if secret.utf8.count < Self.leastLength { tooShort.insert(origin) }
    origins[secret] = origin
  }

  // MARK: Files

  /// Looks into the folders again: commands store secrets too.
  mutating func look() {
    for folder in folders {
      let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
      for case let file as URL in files ?? .init() {
        switch file.pathExtension {
        case "yaml", "yml":
          takeMembers(file)
          takeConfiguration(file)
        case "json": takeMembers(file)
        default: continue
        }
      }
    }
  }

  /// What stands beside a name that says that it is secret, also in a file that cannot be read as what it should be.
  private mutating func takeMembers(_ file: URL) {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    let named =
      #/([a-z_]*(?:token|secret|passphrase|password|routing_key|privatekey))"?\s*:\s*(?:"([^"]*)"|([^\s"{}\[\],]+))/#
      .ignoresCase()
    for match in text.matches(of: named) {
      let value = String(match.2 ?? match.3 ?? "")
      guard !value.hasPrefix("${") else { continue }
      let origin = "\(match.1) in \(file.lastPathComponent)"
      guard value.hasPrefix("-----BEGIN") else {
        add(value, from: origin)
        continue
      }
      // A key, line by line; its last one may be of a few letters.
      for line in value.components(separatedBy: "\\n") where line.utf8.count == 64 { add(line, from: origin) }
    }
  }

  /// Everything that the configuration holds as secret: variables and files that it names, too.
  private mutating func takeConfiguration(_ file: URL) {
    let environment = environment
    guard let configuration = try? BoxwatchConfiguration.load(file.path, environment: { environment[$0] }) else {
      return
    }
    for secret in Self.secrets(in: configuration) { add(secret, from: file.lastPathComponent) }
  }

  /// Every ``Secret`` in a value, however deep.
  private static func secrets(in value: Any) -> [String] {
    if let secret = value as? Secret { return [secret.revealed] }
    return Mirror(reflecting: value).children.flatMap { secrets(in: $0.value) }
  }

  // MARK: Searching

  /// What of the secrets a text shows, in words.
  func shown(in text: String) -> [String] {
    var shown = origins.filter { text.contains($0.key) || text.contains(Self.escaped($0.key)) }.map(\.value).sorted()
    shown += Self.signs.filter(text.contains).map { "\"\($0)\"" }
    if text.utf8.split(whereSeparator: { !Self.isOfToken($0) }).contains(where: Self.isToken) {
      shown.append("a token or code as the simulator issues them")
    }
    return shown
  }

  /// What stands beside a secret.
  private static let signs = ["-----BEGIN", "assertion=", "Authorization: Bearer", "authorization: Bearer"]

  private static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }

  private static func isOfToken(_ byte: UInt8) -> Bool {
    isDigit(byte) || isCapital(byte) || (0x61...0x7A).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

  /// Letters of both kinds and digits; what else is that long has capitals only, or none.
  private static func isToken(_ word: Substring.UTF8View) -> Bool {
    [32, 64].contains(word.count) && word.contains(where: isDigit) && word.contains(where: isCapital)
      && !word.allSatisfy { isDigit($0) || isCapital($0) }
  }
}
