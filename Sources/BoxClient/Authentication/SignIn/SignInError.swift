/// Why a sign-in does not come about.
public enum SignInError: Error, Sendable, Equatable {
  /// The answer belongs to another sign-in, or to nobody's.
  case wrongState
  /// The person or Box said no: OAuth's word and a description.
  case refused(String, String?)
  /// The answer holds no code.
  case noCode
  /// Another program listens on the redirect URI's port.
  case portInUse(Int)
  /// The redirect URI's address cannot be listened on.
  case cannotListen(String)
  /// The API granted no refresh token.
  case noRefreshToken
}
