import BoxClient

/// A secret of the configuration, and the hosts that it may be sent to.
public struct BoundSecret: Sendable, Hashable, CustomStringConvertible {
  let value: Secret
  private let hosts: AllowedHosts?

  /// - Parameter hosts: patterns as under `allow: http`; nil for every host that is allowed there.
  public init(_ value: Secret, hosts: [String]? = nil) throws(InvalidHostPattern) {
    self.value = value
    self.hosts = if let hosts { try AllowedHosts(hosts) } else { nil }
  }

  func mayGo(to origin: Origin) -> Bool {
    guard let hosts else { return true }
    if case .refused = hosts.permission(for: origin) { return false }
    return true
  }

  public var description: String { "***" }
}
