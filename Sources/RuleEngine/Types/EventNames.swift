/// The names that `box.on` takes and that are known: Box's types, and their aliases.
public enum EventNames {
  public static let all: [String] = KnownEventTypes.occurrences.keys.sorted() + EventAliases.types.keys.sorted()

  /// The types that a name means: an alias's, or the name itself.
  public static func types(of name: String) -> [String] { EventAliases.types[name] ?? [name.uppercased()] }
}
