import BoxClient

/// The names by which rules call event types: Box's own in capital letters, portable aliases in small ones.
public enum EventTypeNames {
  /// The event types that a name in a rule stands for.
  ///
  /// A name that nobody knows stands for itself (in small letters for the type of that name in capitals), because Box's
  /// lists of types are not complete. `"*"` stands for itself too.
  ///
  /// - Parameters:
  ///   - name: a type such as `ITEM_UPLOAD`, or an alias such as `upload`.
  ///   - streams: the streams that the rule watches; none = do not ask whether the type occurs there.
  /// - Returns: the types, and what to tell the rule's author: that the name is unknown and which one may be meant, or
  ///   that it cannot occur on any of the streams.
  public static func resolve(
    _ name: String, on streams: [StreamType] = []
  ) -> (types: [String], warning: String?) {
    if name == "*" { return ([name], nil) }
    if let types = EventAliases.types[name] { return (types, absence(of: name, types, on: streams)) }
    if KnownEventTypes.occurrences[name] != nil { return ([name], absence(of: name, [name], on: streams)) }
    let type = name.contains(where: \.isUppercase) ? name : name.uppercased()
    guard KnownEventTypes.occurrences[type] != nil else { return ([type], unknown(name)) }
    // In small letters: the alias of a type that has no other, or a name that is nearly one.
    guard let alias = EventAliases.aliases[type] else { return ([type], absence(of: name, [type], on: streams)) }
    return ([type], "\"\(name)\" is no alias; write \"\(type)\" for that type or \"\(alias)\" for it on every stream")
  }

  /// What to tell somebody who asks a stream for events of a type, by Box's own name: that it is unknown, and which one
  /// may be meant, or that it cannot occur there, and what it is called there.
  public static func warning(asking name: String, of stream: StreamType) -> String? {
    if KnownEventTypes.occurrences[name] == nil {
      guard let types = EventAliases.types[name] ?? upperCased(name) else { return unknown(name, near: knownTypes) }
      let there = types.filter { KnownEventTypes.occurrences[$0, default: .unknown].includes(stream) }
      let meant =
        there.isEmpty ? "Box calls it \(types[0])" : "on \(stream.rawValue) it is \(there.joined(separator: ", "))"
      return "event type \"\(name)\" is none of Box's names: \(meant)"
    }
    guard absence(of: name, [name], on: [stream]) != nil else { return nil }
    let others = EventAliases.aliases[name].flatMap { EventAliases.types[$0] } ?? []
    let there = others.filter { KnownEventTypes.occurrences[$0, default: .unknown].includes(stream) }
    return "event type \"\(name)\" does not occur on \(stream.rawValue): "
      + (there.isEmpty ? "it occurs on \(places([name]))" : "there it is \(there.joined(separator: ", "))")
  }

  /// Box's own names for what a query asks a stream for: an alias stands for its types there.
  static func asked(_ name: String, of stream: StreamType) -> [String] {
    guard let types = EventAliases.types[name] ?? upperCased(name) else { return [name] }
    let there = types.filter { KnownEventTypes.occurrences[$0, default: .unknown].includes(stream) }
    return there.isEmpty ? types : there
  }

  private static func upperCased(_ name: String) -> [String]? {
    let type = name.uppercased()
    return KnownEventTypes.occurrences[type] == nil ? nil : [type]
  }

  /// The portable alias of a type, or the type in small letters: `event.kind`.
  public static func kind(of type: String) -> String { kinds[type] ?? type.lowercased() }

  private static let kinds: [String: String] = {
    let own = KnownEventTypes.occurrences.keys.map { ($0, $0.lowercased()) }
    return Dictionary(uniqueKeysWithValues: own).merging(EventAliases.aliases) { _, alias in alias }
  }()

  /// In alphabetical order, so that of two equally near names always the same is suggested.
  private static let knownTypes = KnownEventTypes.occurrences.keys.sorted()
  private static let knownKinds = Set(kinds.values).sorted()

  private static func unknown(_ name: String) -> String {
    // In small letters an alias is meant, otherwise a type.
    let isAlias = !name.contains(where: \.isUppercase)
    return unknown(name, near: isAlias ? knownKinds : knownTypes)
  }

  private static func unknown(_ name: String, near names: [String]) -> String {
    let meant = NearestName.nearest(to: name, in: names)
    let hint = meant.map { "did you mean \"\($0)\"?" } ?? "it is not in Box's lists, which are not complete"
    return "unknown event type \"\(name)\": \(hint)"
  }

  private static func absence(of name: String, _ types: [String], on streams: [StreamType]) -> String? {
    guard !streams.isEmpty else { return nil }
    let occurs = types.contains { type in
      streams.contains { KnownEventTypes.occurrences[type, default: .unknown].includes($0) }
    }
    if occurs { return nil }
    let list = streams.map(\.rawValue).joined(separator: ", ")
    return "event type \"\(name)\" does not occur on \(list): \(advice(name, types, on: streams))"
  }

  /// What to write instead, or which stream to watch.
  private static func advice(_ name: String, _ types: [String], on streams: [StreamType]) -> String {
    if let alias = types.lazy.compactMap({ EventAliases.aliases[$0] }).first, alias != name {
      let others = EventAliases.types[alias, default: []]
      if others.count > 1, absence(of: alias, others, on: streams) == nil {
        return "\"\(alias)\" stands for \(others.joined(separator: ", "))"
      }
    }
    return "it occurs on \(places(types))"
  }

  /// The streams on which one of the types occurs.
  private static func places(_ types: [String]) -> String {
    let occurrence = types.reduce(into: KnownEventTypes.Occurrence()) {
      $0.formUnion(KnownEventTypes.occurrences[$1, default: .unknown])
    }
    return StreamType.allCases.filter(occurrence.includes).map(\.rawValue).joined(separator: ", ")
  }
}
