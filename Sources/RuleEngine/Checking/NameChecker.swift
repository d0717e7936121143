import BoxClient
import LuaHost

/// Finds names that stand for nothing, handlers included: globals that nobody declares, members that `box` and Lua's
/// libraries do not have. Nothing runs, so that only what is certain counts: locals of the same name are something else.
struct NameChecker {
  /// What a script may use, beside what it declares.
  static let globals: Set<String> = [
    "_G", "_VERSION", "assert", "box", "debug", "error", "getmetatable", "ipairs", "load", "math", "next", "os",
    "pairs",
    "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "string", "table",
    "tonumber", "tostring", "type", "utf8", "xpcall",
  ]

  /// The members of each table that is known: `file` of `box`, `append` of `box.file`.
  private var members: [String: Set<String>] = [:]

  /// - Parameter libraries: the members of Lua's libraries, such as `string.format`. Without them `box` alone is known.
  init(libraries: [String]) {
    let module = APIReference.entries.map(\.name).filter { $0.hasPrefix("box.") }
    for name in libraries + module {
      let parts = name.split(separator: ".").map(String.init)
      for count in 1..<parts.count {
        members[parts[..<count].joined(separator: "."), default: []].insert(parts[count])
      }
    }
  }

  /// - Parameter paths: a rule file, its tests and its modules, which share their globals.
  func problems(in paths: [String]) -> [RuleProblem] {
    let files: [(path: String, uses: [GlobalUse])] = paths.compactMap { path in
      // What does not load is reported by loading it.
      guard let text = try? FileSystem.read(path), let uses = try? GlobalUse.scan(text) else { return nil }
      return (path, uses)
    }
    let uses = files.flatMap(\.uses)
    let atTop = Set(uses.filter { $0.kind == .assignment }.map(\.name))
    let inFunctions = Set(uses.filter { $0.kind == .assignmentInFunction }.map(\.name))
    return files.flatMap { path, uses in
      unknownGlobals(uses, declared: atTop.union(inFunctions), in: path)
        + undeclaredGlobals(uses, declared: atTop, in: path)
        + unknownMembers(uses, assigned: atTop.union(inFunctions), in: path)
    }
  }

  private func unknownGlobals(_ uses: [GlobalUse], declared: Set<String>, in path: String) -> [RuleProblem] {
    let known = Self.globals.union(declared)
    return uses.filter { $0.kind == .read && !known.contains($0.name) }.map { use in
      RuleProblem(
        file: path, line: use.line, severity: .error,
        message: "unknown global '\(use.name)': it is nil here\(Self.hint(use.name, in: known))")
    }
  }

  /// Globals that functions alone assign: right while the file loads, an error in a handler.
  private func undeclaredGlobals(_ uses: [GlobalUse], declared: Set<String>, in path: String) -> [RuleProblem] {
    let known = Self.globals.union(declared)
    return uses.filter { $0.kind == .assignmentInFunction && !known.contains($0.name) }.map { use in
      RuleProblem(
        file: path, line: use.line, severity: .warning,
        message: "assigning the undeclared global '\(use.name)' inside a function, an error in a handler: was `local` "
          + "forgotten? A variable of the whole file is declared at its top level")
    }
  }

  private func unknownMembers(_ uses: [GlobalUse], assigned: Set<String>, in path: String) -> [RuleProblem] {
    // A script that merely reads a member may look whether it is there.
    let looked = Set(uses.filter { $0.kind == .memberRead }.map(\.name))
    return uses.compactMap { use in
      guard use.kind == .memberRead || use.kind == .memberUse, let dot = use.name.lastIndex(of: ".") else { return nil }
      let table = String(use.name[..<dot])
      let member = String(use.name[use.name.index(after: dot)...])
      guard let there = members[table], !there.contains(member) else { return nil }
      guard !assigned.contains(String(table.prefix { $0 != "." })) else { return nil }
      let hint =
        NearestName.nearest(to: member, in: there.sorted()).map { "; did you mean '\(table).\($0)'?" }
        ?? (table.contains(".") ? "; \(table) has \(there.sorted().joined(separator: ", "))" : "")
      return RuleProblem(
        file: path, line: use.line, severity: looked.contains(use.name) ? .warning : .error,
        message: "unknown name '\(use.name)': it is nil here\(hint)")
    }
  }

  private static func hint(_ name: String, in known: Set<String>) -> String {
    NearestName.nearest(to: name, in: known.sorted()).map { "; did you mean '\($0)'?" } ?? ""
  }
}
