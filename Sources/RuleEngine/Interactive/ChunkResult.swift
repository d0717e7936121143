import LuaHost

/// How a chunk's values are made text.
public enum ValueForm: String, Sendable {
  /// Strings as they are, all else readable: for whoever reads the output.
  case text
  /// Readable, strings in quotation marks: for a person.
  case readable
  case json
}

/// What came of a chunk at the prompt.
public struct ChunkResult: Sendable {
  public struct Value: Sendable {
    /// Lua's type, or `event`, `events`, `window`, `list`.
    public let kind: String
    /// Any bytes where it is a string in the form ``ValueForm/text``, else UTF-8.
    public let bytes: [UInt8]
  }

  /// What the chunk returned; of an expression its values.
  public var values: [Value] = []
  /// What it asked for, in order; nothing where it failed.
  public var effects: [Effect] = []
  public var failure: LuaFailure?
  /// Of what it registered: warnings, and what `box.on_start` did.
  public var warnings: [RuleProblem] = []
  public var outcomes: [Outcome] = []
  /// At an attached prompt: what the chunk would change, of what is remembered and in the world.
  public var changes: ChunkChanges?
}

/// Whether a text is a chunk.
public enum Completeness: Sendable {
  case complete
  /// More lines are needed.
  case incomplete
  case wrong(LuaFailure)
}
