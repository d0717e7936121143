extension BoxwatchConfiguration {
  /// The names of all rule sets, of those with mistakes too. `rules` is a mapping of sets; a path or a list of paths
  /// makes one set, `default`.
  mutating func readRules(_ top: MappingReader) -> [String] {
    guard let field = top["rules"], !field.isNull else { return [] }
    guard field.isMapping, let map = MappingReader(field, "rule sets by name") else {
      add("default", field)
      return ["default"]
    }
    let entries = map.entries("a rule set")
    for (name, paths) in entries { add(name, paths) }
    return entries.map(\.name)
  }

  private mutating func add(_ name: String, _ field: Field) {
    let paths = field.isList ? field.distinctList(.rulePath, "paths") : field.value(.rulePath).map { [$0] }
    if let paths { ruleSets.append(RuleSet(name: name, paths: paths.map(field.context.resolved))) }
  }
}
