/// The tokens that the simulator issued, and which bearers it takes (PROTOCOL.md §6).
struct TokenBook: Sendable {
  /// For whom a token stands.
  struct Subject: Sendable, Equatable {
    /// `box_subject_type` user: that user's id. Nil is the account's own (service) user.
    var user: String?
  }

  private struct Issued: Sendable {
    var subject: Subject
    /// Microseconds since 1970.
    var expiresAt: Int64
    var isRevoked = false
  }

  /// The only token that is taken beside issued ones. Nil: any bearer.
  let fixedToken: String?
  private var issued: [String: Issued] = [:]
  private(set) var issuedCount = 0
  /// Refresh tokens that can still be used, each once.
  private var refreshTokens: [String: Subject] = [:]
  /// Authorization codes that can still be exchanged, each once, and when they end.
  private var codes: [String: Int64] = [:]
  /// The `jti` of assertions that were taken.
  private var assertions: Set<String> = []

  /// Begins to count anew; tokens stay valid.
  mutating func forgetCount() {
    issuedCount = 0
  }

  init(fixedToken: String?) {
    self.fixedToken = fixedToken
  }

  /// A new token: 32 letters and digits, as Box's are.
  mutating func issue(to subject: Subject, expiresAt: Int64, using random: inout RandomSource) -> String {
    let token = Self.text(32, using: &random)
    issued[token] = Issued(subject: subject, expiresAt: expiresAt)
    issuedCount += 1
    return token
  }

  private static func text(_ length: Int, using random: inout RandomSource) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    return String(decoding: (0..<length).map { _ in random.pick(alphabet) }, as: UTF8.self)
  }

  mutating func issueRefreshToken(to subject: Subject, using random: inout RandomSource) -> String {
    let token = Self.text(64, using: &random)
    refreshTokens[token] = subject
    return token
  }

  /// For whom a refresh token stands, and its end: it is good for one use. Nil where it is not.
  mutating func useRefreshToken(_ token: String) -> Subject? {
    refreshTokens.removeValue(forKey: token)
  }

  mutating func issueCode(expiresAt: Int64, using random: inout RandomSource) -> String {
    let code = Self.text(32, using: &random)
    codes[code] = expiresAt
    return code
  }

  /// Whether a code can be exchanged; it cannot a second time.
  mutating func useCode(_ code: String, at now: Int64) -> Bool {
    codes.removeValue(forKey: code).map { $0 > now } ?? false
  }

  /// Whether an assertion's id comes for the first time.
  mutating func useAssertion(_ id: String) -> Bool {
    assertions.insert(id).inserted
  }

  /// For whom a bearer token stands; nil where Box answers 401.
  func subject(of token: String, at now: Int64) -> Subject? {
    if let issued = issued[token] {
      return issued.isRevoked || issued.expiresAt <= now ? nil : issued.subject
    }
    guard !token.isEmpty, fixedToken == nil || fixedToken == token else { return nil }
    return Subject()
  }

  /// Makes an issued token invalid for good. A token that was not issued here stays what it is.
  mutating func revoke(_ token: String) {
    issued[token]?.isRevoked = true
    refreshTokens[token] = nil
  }
}
