import Crypto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One signed claim to be an app's service account or one of its users, good for one use within a minute
/// (PROTOCOL.md, section 6 "JWT").
struct JWTAssertion {
  /// What Box expects as `aud`, whatever address the API is called at.
  static let boxAudience = "https://api.box.com/oauth2/token"
  /// Box takes 60 s at most. A little less leaves room for a clock that is a little late.
  static let lifetime: Int64 = 45

  let configuration: JWTConfiguration
  let subject: ClientCredentials.Subject
  let audience: String

  /// - Parameter now: seconds since 1970, as the server counts them.
  /// - Returns: header, claims and signature, each base64url, with dots between (RFC 7515, section 7.1).
  func signed(now: Int64) throws -> String {
    let (type, id) =
      switch subject {
      case .enterprise(let id): ("enterprise", id)
      case .user(let id): ("user", id)
      }
    let header = Self.object([
      ("alg", JSONString.quote(configuration.algorithm.rawValue)), ("typ", JSONString.quote("JWT")),
      ("kid", JSONString.quote(configuration.publicKeyID)),
    ])
    let claims = Self.object([
      ("iss", JSONString.quote(configuration.clientID)), ("sub", JSONString.quote(id)),
      ("box_sub_type", JSONString.quote(type)), ("aud", JSONString.quote(audience)),
      ("jti", JSONString.quote(Self.newID())), ("exp", String(now + Self.lifetime)),
    ])
    let text = Self.base64url(Array(header.utf8)) + "." + Self.base64url(Array(claims.utf8))
    return text + "." + Self.base64url(try configuration.key.sign(Array(text.utf8), configuration.algorithm))
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  /// 128 random bits, as 32 hexadecimal digits.
  private static func newID() -> String {
    SymmetricKey(size: .bits128).withUnsafeBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  static func base64url(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
