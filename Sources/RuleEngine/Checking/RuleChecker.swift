import LuaHost

/// `boxwatch check`: loads rule files and reads their byte code, and runs no handler.
public enum RuleChecker {
  /// Every problem of every file, in the order of files and lines.
  public static func check(_ sources: [RuleSource], options: RuleOptions) async -> [RuleProblem] {
    var options = options
    options.keepsMistakes = true
    var problems: [RuleProblem] = []
    var modulesSeen = Set<String>()
    var paths: [String: String] = [:]
    for source in sources {
      let (engine, loading) = await RuleEngine.load(
        [source], options: options, services: MockServices(), threadCount: 1)
      let file = engine.files.first
      var found = loading
      if let namespace = file?.namespace {
        if let other = paths[namespace] {
          found.append(RuleEngine.collision(of: source.path, with: other, namespace))
        } else {
          paths[namespace] = source.path
        }
      }
      if loading.allSatisfy({ $0.severity == .warning }), let file { found += await file.unusedRegistrations() }
      // A module is looked at once, for the first file that requires it.
      let modules = (await file?.modulesRead ?? []).filter { modulesSeen.insert($0).inserted }
      let names = NameChecker(libraries: await file?.libraryMembers() ?? [])
      found += names.problems(in: [source.path] + source.testPaths + modules)
      await engine.close()
      problems += Set(found).sorted { ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message) }
    }
    return problems
  }
}

extension RuleFile {
  /// A file that registers nothing does nothing.
  fileprivate func unusedRegistrations() -> [RuleProblem] {
    let isIdle =
      handlers.isEmpty && timers.isEmpty && onStart.isEmpty && onStop.isEmpty && onNewChange.isEmpty && tests.isEmpty
    guard isIdle else { return [] }
    return [
      RuleProblem(
        file: source.path, line: 0, severity: .warning,
        message: "the file registers nothing: box.on, box.rule, box.every, box.cron and their like do")
    ]
  }

  /// The files of modules that were required while it loaded, in the order of their names.
  fileprivate var modulesRead: [String] {
    textsRead.keys.filter { $0.hasPrefix(source.root + "/lib/") && $0.hasSuffix(".lua") }.sorted()
  }

  /// The members of Lua's own libraries, such as `string.format`: scripts cannot change them.
  fileprivate func libraryMembers() async -> [String] {
    let walk = """
      local names = {}
      for _, library in ipairs { "debug", "math", "os", "string", "table", "utf8" } do
        if type(_G[library]) == "table" then
          for name in pairs(_G[library]) do names[#names + 1] = library .. "." .. name end
        end
      end
      return table.concat(names, " ")
      """
    guard let state, let chunk = try? state.load(Array(walk.utf8), name: "check"),
      case .string(let names)? = try? await state.call(chunk, cpu: options.load, entering: { current = nil }).first
    else { return [] }
    return names.text.split(separator: " ").map(String.init)
  }
}
