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

  /// Whether an answer carries this request's `state`: one that does not was made by somebody else.
  ///
  /// - Parameter answer: the URL that the browser was sent to, or its path and query.
  public func isAnswered(by answer: String) -> Bool {
    Self.isSame(Self.parameters(of: answer)["state"] ?? "", state)
  }

  /// Whether it is an answer of Box's as a whole, to this request or to another: it has a `state`, and a code or an
  /// error.
  func isWhole(_ answer: String) -> Bool {
    let parameters = Self.parameters(of: answer)
    let (state, said) = (parameters["state"] ?? "", parameters["code"] ?? parameters["error"] ?? "")
    return !state.isEmpty && !said.isEmpty
  }

  /// The code in an answer.
  ///
  /// - Parameter answer: the URL that the browser was sent to, or its path and query.
  /// - Throws: ``SignInError``.
  public func code(in answer: String) throws -> Secret {
    guard isAnswered(by: answer) else { throw SignInError.wrongState }
    let parameters = Self.parameters(of: answer)
    if let error = parameters["error"] {
      throw SignInError.refused(Excerpt.plain(error), parameters["error_description"].map { Excerpt.plain($0) })
    }
    guard let code = parameters["code"], !code.isEmpty else { throw SignInError.noCode }
    return Secret(code)
  }

  private static func parameters(of answer: String) -> [String: String] {
    let query = answer.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    return Query.decode(query.prefix { $0 != "#" })
  }

  /// Compares in a time that does not tell where the texts begin to differ.
  private static func isSame(_ given: String, _ expected: String) -> Bool {
    guard given.utf8.count == expected.utf8.count else { return false }
    return zip(given.utf8, expected.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
