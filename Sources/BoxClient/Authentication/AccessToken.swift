/// A bearer token and how long it lives.
public struct AccessToken: Sendable {
  public let value: Secret
  /// From the moment it was asked for; nil where nobody said, as with a developer token.
  public let lifetime: Duration?

  /// When to ask for the next one. Box's Node SDK does it three minutes early; a short-lived token is renewed halfway.
  let renewAfter: Duration?

  public init(_ value: Secret, lifetime: Duration? = nil) {
    self.init(value, lifetime: lifetime, renewAfter: lifetime.map { max($0 - .seconds(180), $0 / 2) })
  }

  init(_ value: Secret, lifetime: Duration?, renewAfter: Duration?) {
    self.value = value
    self.lifetime = lifetime
    self.renewAfter = renewAfter
  }
}
