import Yams

/// What a file is read with, and where its problems gather.
final class ReadingContext {
  let file: String
  let environment: (String) -> String?
  /// The folder of the file with a slash at its end; empty for the current one.
  private let folder: String
  private var errors: [ConfigurationProblem] = []
  private var warnings: [ConfigurationProblem] = []
  /// Where the first secret stands that is written out in the file.
  private(set) var literalSecret: Mark?
  private var forgivesMissing: Bool

  init(file: String, forgivesMissing: Bool = false, environment: @escaping (String) -> String?) {
    self.file = file
    self.environment = environment
    self.forgivesMissing = forgivesMissing
    // Bytes, not characters: a slash and a combining mark behind it are one character, which is no slash to Swift.
    let slash = file.utf8.lastIndex(of: UInt8(ascii: "/"))
    folder = slash.map { String(file[...$0]) } ?? ""
  }

  func fail(_ mark: Mark?, _ message: String) { errors.append(problem(mark, message)) }
  func warn(_ mark: Mark?, _ message: String) { warnings.append(problem(mark, message)) }

  /// A variable or a secret's file that is not there: a mistake, or only worth a warning where it is forgiven.
  func failMissing(_ mark: Mark?, _ message: String) {
    if forgivesMissing { warn(mark, message + "; left out") } else { fail(mark, message) }
  }

  /// Reads what must be known even where what is missing is forgiven.
  func forgivingNothing<Result>(_ body: () -> Result) -> Result {
    let forgave = forgivesMissing
    forgivesMissing = false
    defer { forgivesMissing = forgave }
    return body()
  }

  func noteLiteralSecret(_ mark: Mark?) {
    if literalSecret == nil { literalSecret = mark }
  }

  /// A path as the file has it, from the current folder.
  func resolved(_ path: String) -> String {
    path.utf8.first == UInt8(ascii: "/") ? path : folder + path
  }

  /// The warnings, where nothing was wrong.
  func finish() throws(ConfigurationError) -> [ConfigurationProblem] {
    guard errors.isEmpty else { throw ConfigurationError(kind: .invalid, problems: Self.inOrder(errors)) }
    return Self.inOrder(warnings)
  }

  func problem(_ mark: Mark?, _ message: String) -> ConfigurationProblem {
    problem(line: mark?.line ?? 0, column: mark?.column ?? 0, message)
  }

  func problem(line: Int, column: Int, _ message: String) -> ConfigurationProblem {
    ConfigurationProblem(file: file, line: line, column: column, message: message)
  }

  /// In the file's order, and each once: what an alias repeats is one mistake.
  private static func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
    var seen: Set<ConfigurationProblem> = []
    return problems.filter { seen.insert($0).inserted }.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }
}
