import BoxClient
import LuaHost

/// `boxwatch check`: loads rule files and reads their byte code, and runs no handler.
public enum RuleChecker {
  /// What a script may use, beside what it declares.
  static let globals: Set<String> = [
    "_G", "_VERSION", "assert", "box", "debug", "error", "getmetatable", "ipairs", "load", "math", "next", "os",
    "pairs",
    "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "string", "table",
    "tonumber", "tostring", "type", "utf8", "xpcall",
  ]

  /// Every problem of every file, in the order of files and lines.
  public static func check(_ sources: [RuleSource], options: RuleOptions) async -> [RuleProblem] {
    var problems: [RuleProblem] = []
    for source in sources {
      var found = unknownGlobals(source)
      let (engine, loading) = await RuleEngine.load(
        [source], options: options, services: MockServices(), threadCount: 1)
      found += loading
      if loading.allSatisfy({ $0.severity == .warning }), let file = engine.files.first {
        found += await file.unusedRegistrations()
      }
      await engine.close()
      problems += Set(found).sorted { ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message) }
    }
    return problems
  }

  private static func unknownGlobals(_ source: RuleSource) -> [RuleProblem] {
    var problems: [RuleProblem] = []
    for path in [source.path] + source.testPaths {
      guard let text = try? FileSystem.read(path), let uses = try? GlobalUse.scan(text, name: path) else { continue }
      let declared = globals.union(uses.filter(\.isAssignment).map(\.name))
      for use in uses where !use.isAssignment && !declared.contains(use.name) {
        let meant = NearestName.nearest(to: use.name, in: declared.sorted()).map { "; did you mean '\($0)'?" } ?? ""
        problems.append(
          RuleProblem(
            file: path, line: use.line, severity: .error,
            message: "unknown global '\(use.name)': it is nil here\(meant)"))
      }
    }
    return problems
  }
}

extension RuleFile {
  /// A file that registers nothing does nothing.
  func unusedRegistrations() -> [RuleProblem] {
    let isIdle =
      handlers.isEmpty && timers.isEmpty && onStart.isEmpty && onStop.isEmpty && onNewChange.isEmpty && tests.isEmpty
    guard isIdle else { return [] }
    return [
      RuleProblem(
        file: source.path, line: 0, severity: .warning,
        message: "the file registers nothing: box.on, box.rule, box.every, box.cron and their like do")
    ]
  }
}
