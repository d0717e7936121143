/// A token from Box's developer console: an hour long, and there is no renewing it (PROTOCOL.md, section 6).
public struct DeveloperToken: TokenSource {
  private let token: Secret
  private let handedOut = Once()

  public init(_ token: Secret) {
    self.token = token
  }

  public func newToken() async throws -> AccessToken {
    guard handedOut.first() else {
      throw TokenUnavailable(
        "Box refused the developer token; it lives for 60 minutes. Make a new one in the developer console "
          + "(Configuration, Developer Token) and set BOX_DEVELOPER_TOKEN")
    }
    return AccessToken(token)
  }
}
