import BoxClient
import LuaHost
import RuleEngine

/// What may have been meant where Lua says that something is not there.
enum FailureHint {
  static func hint(_ failure: LuaFailure, globals: [String]) -> String? {
    let message = failure.message
    if message.contains("attempt to compare") && message.contains("nil") {
      return "A field that is not there is nil; event:get(path, default) gives a default."
    }
    guard message.contains("a nil value"), let (kind, name) = missing(message) else { return nil }
    if kind == "global" {
      let known = globals.filter { !$0.contains(".") } + ["box"]
      if let near = NearestName.nearest(to: name, in: known.filter { $0 != name }) { return "Did you mean \(near)?" }
    }
    return apiHint(name)
  }

  /// `(global 'x')` at the end of Lua's messages.
  private static func missing(_ message: String) -> (kind: Substring, name: String)? {
    guard let open = message.lastIndex(of: "("), message.hasSuffix("')") else { return nil }
    let parts = message[message.index(after: open)...].dropLast(2).split(separator: " '")
    guard parts.count == 2 else { return nil }
    return (parts[0], String(parts[1]))
  }

  /// A function of the API whose last part is near.
  private static func apiHint(_ name: String) -> String? {
    let names = APIReference.entries.map(\.name)
    func last(_ name: String) -> String { name.split { ".:".contains($0) }.last.map(String.init) ?? name }
    guard let near = NearestName.nearest(to: name, in: names.map(last)) else { return nil }
    return names.first { last($0) == near }.map { "Did you mean \($0)? .help \($0) explains it." }
  }
}
