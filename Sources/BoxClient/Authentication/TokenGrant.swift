#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the token endpoint grants.
struct TokenGrant: Sendable {
  let accessToken: AccessToken
  /// Good for one use, 60 days long (PROTOCOL.md, section 6); nil where the way of signing in has none.
  let refreshToken: Secret?

  /// Nil for an answer without an access token that can stand in a header.
  init?(_ answer: HTTPAnswer) {
    guard let body = try? JSONDecoder().decode(Body.self, from: answer.body.data), Self.isToken(body.accessToken) else {
      return nil
    }
    accessToken = AccessToken(Secret(body.accessToken), lifetime: body.expiresIn.map { .seconds($0) })
    refreshToken = body.refreshToken.flatMap { Self.isToken($0) ? Secret($0) : nil }
  }

  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private struct Body: Decodable {
    var accessToken: String
    var expiresIn: Double?
    var refreshToken: String?

    enum CodingKeys: String, CodingKey {
      case accessToken = "access_token"
      case expiresIn = "expires_in"
      case refreshToken = "refresh_token"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      accessToken = try container.decode(String.self, forKey: .accessToken)
      // Without a lifetime that makes sense the token is good until Box refuses it.
      let seconds = (try? container.decodeIfPresent(Double.self, forKey: .expiresIn)) ?? 0
      expiresIn = seconds > 0 && seconds <= 1e9 ? seconds : nil
      refreshToken = try? container.decodeIfPresent(String.self, forKey: .refreshToken)
    }
  }
}
