import CBoxLua

/// Why a script's call ended.
public struct LuaFailure: Error, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// The text is no Lua.
    case syntax
    /// An error that the script raised, or that was raised in it.
    case runtime
    /// The script's memory is full.
    case memory
    /// The call's CPU time is used up.
    case time
    /// The call waited for too long.
    case wait
    case cancelled
    /// A fault of the bridge.
    case `internal`
  }

  public var kind: Kind
  /// What went wrong; most begin with `file:line:`.
  public var message: String
  /// `file:line` of the innermost line of the script; nil where there is none.
  public var location: String?
  /// The script's calls, innermost first.
  public var traceback: String?

  public init(_ kind: Kind, _ message: String, location: String? = nil, traceback: String? = nil) {
    self.kind = kind
    self.message = message
    self.location = location
    self.traceback = traceback
  }

  /// The message, with its place in front where it does not say it itself.
  public var description: String {
    guard let location, !message.hasPrefix(location) else { return message }
    // An error of a function further in says its own place.
    let file = location.prefix { $0 != ":" }
    return message.hasPrefix(file + ":") ? message : "\(location): \(message)"
  }
}

extension LuaFailure.Kind {
  init(_ status: bxl_status) {
    switch status {
    case BXL_SYNTAX: self = .syntax
    case BXL_RUNTIME: self = .runtime
    case BXL_MEMORY: self = .memory
    case BXL_TIME: self = .time
    case BXL_CANCELLED: self = .cancelled
    default: self = .internal
    }
  }
}
