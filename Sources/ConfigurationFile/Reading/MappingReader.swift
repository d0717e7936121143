import BoxClient
import Yams

/// Reads a mapping key by key, and knows at the end which keys nobody asked for.
final class MappingReader {
  let field: Field
  private let members: [Member]
  private var known: [String] = []

  private struct Member {
    let name: String
    let mark: Mark?
    let field: Field
  }

  /// Nothing behind the colon is an empty mapping: often all lines below it are comments.
  init?(_ field: Field, _ what: String) {
    self.field = field
    guard !field.isNull else {
      members = []
      return
    }
    guard let mapping = field.node.mapping else {
      field.failKind(what)
      return nil
    }
    members = mapping.compactMap { key, value in
      guard let name = key.scalar?.string else {
        field.context.fail(key.mark, field.prefixed("expected a name before the colon, got a list or a mapping"))
        return nil
      }
      return Member(name: name, mark: key.mark, field: field.member(name, value))
    }
  }

  /// The names that users chose, each with its value; a problem for each that is no name.
  func entries(_ what: String) -> [(name: String, field: Field)] {
    members.compactMap { member in
      if Form.name.read(member.name) != nil { return (member.name, member.field) }
      field.context.fail(
        member.mark, field.prefixed("expected \(Form.name.expected) for \(what), got \(Quoted.of(member.name))"))
      return nil
    }
  }

  func has(_ key: String) -> Bool { members.contains { $0.name == key } }

  subscript(key: String) -> Field? {
    if !known.contains(key) { known.append(key) }
    return members.first { $0.name == key }?.field
  }

  func value<Value>(_ key: String, _ form: Form<Value>) -> Value? { self[key]?.value(form) }

  /// The same, where the key must be there.
  func required<Value>(_ key: String, _ form: Form<Value>) -> Value? {
    guard let field = self[key] else {
      self.field.fail("\(key) is missing: \(form.expected)")
      return nil
    }
    return field.value(form)
  }

  /// The field of a list that must be there.
  func requiredItems(_ key: String, _ what: String) -> Field? {
    let list = self[key]
    if list == nil { field.fail("\(key) is missing: a list of \(what)") }
    return list
  }

  func mapping(_ key: String, _ what: String) -> MappingReader? { self[key].flatMap { MappingReader($0, what) } }

  /// Tells of the keys that nobody asked for.
  func finish() {
    for member in members where !known.contains(member.name) {
      let advice =
        NearestName.nearest(to: member.name, in: known).map { "did you mean \(Quoted.of($0))?" }
        ?? (known.isEmpty ? "none is known here" : "known here: \(known.joined(separator: ", "))")
      field.context.fail(member.mark, field.prefixed("unknown key \(Quoted.of(member.name)); \(advice)"))
    }
  }
}
