import BoxClient

/// Something that a rule file, or the prompt, registered.
public struct Registration: Sendable {
  public enum Kind: String, Sendable {
    case handler, rule
    case timer
    case newChange = "on_new_change"
  }

  public let kind: Kind
  /// The identity: the namespace and a name.
  public let identity: String
  /// When a timer ticks next.
  public let due: Timestamp?
  public let isQuarantined: Bool
}

extension RuleFile {
  func registrations() -> [Registration] {
    var list = handlers.map { handler in
      Registration(
        kind: handler.rule == nil ? .handler : .rule, identity: handler.identity, due: nil,
        isQuarantined: handler.isQuarantined)
    }
    list += timers.map {
      Registration(
        kind: .timer, identity: $0.identity, due: $0.due, isQuarantined: setAside.contains($0.identity))
    }
    list += onNewChange.indices.map(newChangeIdentity).map {
      Registration(kind: .newChange, identity: $0, due: nil, isQuarantined: setAside.contains($0))
    }
    return list
  }
}
