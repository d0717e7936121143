import BoxClient

extension BoxwatchConfiguration {
  /// Who calls Box, and by which way.
  public struct Account: Sendable, Hashable {
    public var name: String
    public var credentials: Credentials
    /// Scheme, host and port, without a slash at the end.
    public var apiURL = "https://api.box.com"
    /// An HTTP proxy for every call of the account.
    public var proxy: Origin?
    /// A PEM file of certificates that are trusted besides the system's.
    public var caFile: String?

    public init(name: String, credentials: Credentials) {
      self.name = name
      self.credentials = credentials
    }
  }

  public enum Credentials: Sendable, Hashable {
    case developerToken(Secret)
    /// The tokens that `boxwatch login` stored; the app's id and secret may stand in the file, or were stored as well.
    case oauth2(clientID: String?, clientSecret: Secret?)
    case clientCredentials(clientID: String, clientSecret: Secret, subject: ClientCredentials.Subject)
    /// The JSON that the developer console downloads. A nil `subject` is the enterprise that it names; a nil `audience`
    /// is Box's own.
    case jwt(configFile: String, subject: ClientCredentials.Subject?, audience: String?)
  }
}
