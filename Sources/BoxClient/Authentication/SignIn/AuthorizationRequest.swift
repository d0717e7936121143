import Crypto

/// One request for a person's consent: the page that the person opens, and what comes back from it (PROTOCOL.md,
/// section 6 "OAuth2 code"; RFC 6749, section 4.1).
public struct AuthorizationRequest: Sendable {
  /// Box's page.
  public static let boxPage = "https://account.box.com/api/oauth2/authorize"

  /// The page with its parameters.
  public let url: String
  /// Where the answer goes.
  public let redirectURI: String
  private let state: String

  /// - Parameters:
  ///   - redirectURI: as it is registered for the app, to the letter.
  ///   - page: the page that asks for consent.
  public init(clientID: String, redirectURI: String, page: String = boxPage) {
    // 128 bits that nobody guesses: an answer without them was made by somebody else.
    let state = SymmetricKey(size: .bits128).withUnsafeBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    self.state = state
    self.redirectURI = redirectURI
    url = Query.appending(
      [
        ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI), ("state", state),
      ], to: page)
  }

  /// The code in an answer.
  ///
  /// - Parameter answer: the URL that the browser was sent to, or its path and query.
  /// - Throws: ``SignInError``.
  public func code(in answer: String) throws -> Secret {
    let query = answer.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let parameters = Query.decode(query.prefix { $0 != "#" })
    guard let given = parameters["state"], given == state else { throw SignInError.wrongState }
    if let error = parameters["error"] {
      throw SignInError.refused(Excerpt.plain(error), parameters["error_description"].map { Excerpt.plain($0) })
    }
    guard let code = parameters["code"], !code.isEmpty else { throw SignInError.noCode }
    return Secret(code)
  }
}
