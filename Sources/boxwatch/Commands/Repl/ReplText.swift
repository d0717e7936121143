import BoxClient
import LuaHost
import RuleEngine

/// What the prompt says, in words.
enum ReplText {
  /// An event on one line.
  static func line(_ event: Event) -> String {
    func field(_ path: String) -> String? { FieldPath(path).flatMap { event.value(at: $0)?.string } }
    let who = field("created_by.login") ?? field("created_by.name") ?? "-"
    let what = field("source.name") ?? field("source.item_name") ?? field("source.login") ?? ""
    let text = "\(event.createdAt ?? "-")  \(event.eventType)  \(who)  \(what)"
    return TerminalText.escaped(text)
  }

  static func log(_ line: RuleLogLine) -> String {
    let level = line.level == .info ? "" : "\(line.level.rawValue): "
    let mark = line.file == RuleConsole.name ? "" : "[\(line.file)] "
    return TerminalText.escapedLines("\(mark)\(level)\(line.text)") + "\n"
  }

  /// A failure with the lines of the script that led there, where there are several.
  static func failure(_ failure: LuaFailure) -> String {
    let calls = (failure.traceback ?? "").split(separator: "\n").dropFirst()
      .map { $0.drop { $0 == "\t" } }
      .filter { !$0.hasPrefix("[C]") && !$0.hasPrefix("box:") && !$0.hasPrefix("(") }
    var lines = ["\(failure)"]
    if calls.count > 1 { lines += calls.map { "  \($0)" } }
    return lines.joined(separator: "\n")
  }

  static func alert(_ record: AlertRecord) -> String {
    var text = "alert, \(record.severity?.rawValue ?? "info"): \(record.title) [\(record.rule)]"
    if !record.body.isEmpty { text += "\n  \(record.body)" }
    if !record.context.isEmpty { text += "\n  \(record.context)" }
    return text
  }

  /// An effect that is told and not carried out.
  static func untaken(_ effect: Effect) -> String { "not done at the prompt: \(effect.inWords)" }

  static func registration(_ registration: Registration) -> String {
    var text = "\(registration.kind.rawValue)  \(registration.identity)"
    if let due = registration.due { text += "  next \(due)" }
    if registration.isQuarantined { text += "  set aside: out of budget too often" }
    return TerminalText.escaped(text)
  }
}
