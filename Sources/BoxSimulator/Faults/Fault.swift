/// An order to misbehave: how often, and where.
public struct Fault: Sendable, Equatable {
  /// How often a fault happens.
  public enum Frequency: Sendable, Equatable {
    /// With this probability on every request that it applies to; 0 switches the fault off.
    case probability(Double)
    /// On the next so many requests that it applies to; 0 switches the fault off.
    case count(Int)
  }

  public var kind: FaultKind
  public var frequency: Frequency
  /// Only on this endpoint. Nil: on all that the kind applies to.
  public var endpoint: Endpoint?

  public init(_ kind: FaultKind, _ frequency: Frequency, endpoint: Endpoint? = nil) {
    self.kind = kind
    self.frequency = frequency
    self.endpoint = endpoint
  }
}
