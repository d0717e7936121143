import BoxClient

/// A URL that is a secret of the configuration, such as that of an incoming webhook: `secret:NAME` stands for it until
/// the request is sent, so that neither the ledger nor a log holds it.
public enum SecretURL {
  private static let scheme = "secret:"

  public static func reference(to name: String) -> String { scheme + name }

  /// The URL to send to: what a reference stands for, and any other URL as it is.
  public static func resolve(
    _ url: String, in secrets: [String: BoundSecret]
  ) throws(GuardedHTTPError) -> String {
    guard url.hasPrefix(scheme) else { return url }
    let name = url.dropFirst(scheme.count)
    guard let secret = secrets[String(name)] else {
      throw GuardedHTTPError(.badURL, "there is no secret \"\(name)\"; secrets are named in the configuration")
    }
    let meant = secret.value.revealed
    guard let origin = Origin(meant) else {
      throw GuardedHTTPError(.badURL, "the secret \"\(name)\" is no http or https URL")
    }
    guard secret.mayGo(to: origin) else {
      throw GuardedHTTPError(.secretNotForHost, "the secret \"\(name)\" is not for \(origin.host), its own host")
    }
    return meant
  }
}
