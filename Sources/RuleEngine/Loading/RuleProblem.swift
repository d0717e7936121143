/// What is wrong with a rule file.
public struct RuleProblem: Sendable, Hashable, CustomStringConvertible {
  public enum Severity: String, Sendable { case error, warning }

  public let file: String
  /// From 1; 0 where it is not known.
  public let line: Int
  public let severity: Severity
  public let message: String

  public init(file: String, line: Int, severity: Severity, message: String) {
    self.file = file
    self.line = line
    self.severity = severity
    self.message = message
  }

  /// From a message that begins with `file:line:`, as Lua writes them.
  init(_ message: String, in file: String, severity: Severity = .error) {
    var line = 0
    var text = message[...]
    if text.hasPrefix(file + ":") {
      let rest = text.dropFirst(file.count + 1)
      let digits = rest.prefix { $0.isNumber }
      if let number = Int(digits) {
        line = number
        text = rest.dropFirst(digits.count).drop { $0 == ":" || $0 == " " }
      }
    }
    self.init(file: file, line: line, severity: severity, message: String(text))
  }

  public var description: String { "\(place)\(severity.rawValue): \(message)" }

  /// Without the severity, for logs that have one of their own.
  public var plainText: String { place + message }

  private var place: String { file.isEmpty ? "" : line > 0 ? "\(file):\(line): " : "\(file): " }
}
