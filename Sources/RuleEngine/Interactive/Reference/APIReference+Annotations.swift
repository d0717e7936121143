extension APIReference {
  /// A file of annotations for the Lua language server (LuaLS), so that editors complete and check `box.`. It is Lua that
  /// nothing runs.
  public static func annotations() -> String {
    var text = """
      ---@meta box
      -- The `box` module of boxwatch, for editors. `boxwatch init` writes this file; nothing runs it.


      """
    text += eventTypes()
    for alias in aliases { text += "---\(alias.meaning)\n---@alias \(alias.name) \(alias.type)\n\n" }
    for shape in shapes where !objects.contains(where: { $0.shape == shape.name }) { text += annotation(shape) + "\n" }
    text += "---@class box\nbox = {}\n"
    for table in tables() { text += "\(table) = {}\n" }
    text += "\n"
    for object in objects { text += annotation(object.prefix, object.shape) }
    for entry in entries where entry.name.hasPrefix("box.") { text += annotation(entry, name: entry.name) }
    return text + "return box\n"
  }

  /// `.luarc.json`: where the annotations are, and what scripts do not have.
  public static func languageServerSettings() -> String {
    """
    {
      "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
      "runtime.version": "Lua 5.4",
      "runtime.path": ["rules/?.lua", "?.lua"],
      "runtime.builtin": { "coroutine": "disable", "debug": "disable", "io": "disable", "package": "disable" },
      "workspace.library": ["types"],
      "diagnostics.globals": ["box"]
    }

    """
  }

  private static func eventTypes() -> String {
    var text = "---What happened: Box's name, or a portable one in small letters; \"*\" is every event.\n"
    text += "---@alias box.EventType string\n---| \"*\"\n"
    for name in EventNames.all { text += "---| \"\(name)\"\n" }
    return text + "\n"
  }

  /// `box.kv`, `box.kv.shared` and the others that only hold functions, the outer ones first.
  private static func tables() -> [String] {
    var tables = Set<String>()
    for entry in entries where entry.name.hasPrefix("box.") {
      let parts = entry.name.split(separator: ".")
      for count in 2..<max(2, parts.count) { tables.insert(parts[..<count].joined(separator: ".")) }
    }
    return tables.sorted()
  }

  private static func annotation(_ shape: Shape) -> String {
    var text = "---\(shape.summary)\n---@class \(shape.name)\n"
    for (field, meaning) in shape.fields {
      text +=
        "---@field \(field.name)\(field.isOptional ? "?" : "") \(field.type)\(meaning.isEmpty ? "" : " \(meaning)")\n"
    }
    if let others = shape.others { text += "---@field \(bracketed(others))\n" }
    return text
  }

  /// `[string]: any` is written without the colon.
  private static func bracketed(_ others: String) -> String {
    others.split(separator: ":", maxSplits: 1).joined()
  }

  private static func annotation(_ prefix: String, _ name: String) -> String {
    let methods = entries.filter { $0.name.hasPrefix(prefix + ":") }
    let local = name.split(separator: ".").last.map(String.init) ?? name
    var text =
      shapes.first { $0.name == name }.map(annotation)
      ?? "---@class \(name)\n" + (prefix == "events" ? "---@overload fun(): box.Event?\n" : "")
    text += "local \(local) = {}\n\n"
    for method in methods {
      text += annotation(method, name: local + ":" + method.name.dropFirst(prefix.count + 1))
    }
    return text
  }

  private static func annotation(_ entry: Entry, name: String) -> String {
    var text = comment(entry.summary) + "---```lua\n" + comment(entry.example) + "---```\n"
    if entry.isField { return text + "---@type \(entry.returns.first ?? "any")\n\(name) = nil\n\n" }
    for parameter in entry.parameters {
      text += "---@param \(parameter.name)\(parameter.isOptional ? "?" : "") \(parameter.type)\n"
    }
    for value in entry.returns { text += "---@return \(value)\n" }
    for overload in entry.overloads { text += "---@overload \(overload)\n" }
    return text + "function \(name)(\(entry.parameters.map(\.name).joined(separator: ", "))) end\n\n"
  }

  private static func comment(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "---\($0)\n" }.joined()
  }
}
