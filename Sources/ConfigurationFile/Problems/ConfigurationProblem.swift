/// Something that is wrong with the configuration, or probably so, and where.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
  /// The file as it was named.
  public let file: String
  /// From 1; 0 where the whole file is meant.
  public let line: Int
  /// From 1, in Unicode scalars; 0 where the whole file is meant.
  public let column: Int
  /// What is wrong, what came, what to write instead. Never a secret.
  public let message: String

  /// `boxwatch.yaml:3:5: accounts.acme: …`
  public var description: String {
    line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
  }
}

/// A configuration that cannot be used.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// There is no such file.
    case missingFile
    case invalid
  }

  public let kind: Kind
  /// All that was found, in the file's order; never empty.
  public let problems: [ConfigurationProblem]

  /// One line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
