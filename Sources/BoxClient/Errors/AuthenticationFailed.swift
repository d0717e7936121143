/// Box refused the token, and there is no other.
public struct AuthenticationFailed: Error, Sendable, CustomStringConvertible {
  /// Box's answer.
  public let refusal: BoxAPIError
  /// What to do about it.
  public let advice: String

  public var description: String { "\(refusal). \(advice)" }
}
