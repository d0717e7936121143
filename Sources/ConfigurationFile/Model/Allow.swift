import BoxClient

extension BoxwatchConfiguration {
  /// What rules may do beyond reading.
  public struct Allow: Sendable, Hashable {
    /// Whether `box.api` may write.
    public var boxWrite = false
    /// Hosts as `name`, `*.name`, an IPv4 address or `[IPv6]`, each with or without `:port`; in small letters.
    public var httpHosts: [String] = []
    /// Absolute paths of programs.
    public var exec: [String] = []

    public init() {}
  }

  /// A secret that rules name and never see.
  public struct NamedSecret: Sendable, Hashable {
    public var name: String
    public var value: Secret
    /// The hosts that it may be sent to, as in ``Allow/httpHosts``; nil for every allowed one.
    public var hosts: [String]?

    public init(name: String, value: Secret, hosts: [String]? = nil) {
      self.name = name
      self.value = value
      self.hosts = hosts
    }
  }
}
