/// What the host does with a call from a script.
public enum HostReply: Sendable {
  case values([LuaValue])
  /// Raised in the script: text, which gets the script's `file:line` in front, or a table with a `message`.
  case error(LuaValue)
  /// The script waits until this has returned. Not where ``HostCall/canWait`` is false.
  case wait(@Sendable () async throws -> [LuaValue])
}

/// A call from a script.
public struct HostCall: Sendable {
  /// The number under which the function was defined.
  public let function: Int32
  public let arguments: [LuaValue]
  /// Whether the script can wait here: not inside a sort's comparison, a `gsub` function or a metamethod.
  public let canWait: Bool
}
