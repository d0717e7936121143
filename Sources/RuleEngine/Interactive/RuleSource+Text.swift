extension RuleSource {
  /// The bytes of a file of Lua. Throws ``RuleSourceError``.
  public static func text(of path: String) throws -> [UInt8] { try FileSystem.read(path) }
}
