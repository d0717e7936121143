import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Whether a JWT assertion may be taken (PROTOCOL.md §6, JWT), but for its `jti`, which must be new.
struct AssertionVerifier {
  let app: BoxSimulator.App

  struct Claims: Decodable {
    var issuer: String
    var subject: String
    var subjectType: String
    var audience: String
    var id: String
    var expiresAt: Int64

    enum CodingKeys: String, CodingKey {
      case issuer = "iss"
      case subject = "sub"
      case subjectType = "box_sub_type"
      case audience = "aud"
      case id = "jti"
      case expiresAt = "exp"
    }
  }

  private struct Header: Decodable {
    var alg: String
    var kid: String?
    var typ: String?
  }

  /// - Parameter now: seconds since 1970.
  func claims(of assertion: String, now: Int64) throws(GrantRefusal) -> Claims {
    let parts = assertion.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let header = Self.decode(Header.self, parts[0]), let signature = Self.bytes(parts[2]) else {
      throw GrantRefusal("invalid_request", "The assertion is no signed JWT")
    }
    if let known = app.publicKeyID, header.kid != known {
      throw GrantRefusal("invalid_grant", "OAuth JWT signature: please check the 'kid' header")
    }
    try verify(parts[0] + "." + parts[1], signature, header.alg)
    guard let claims = Self.decode(Claims.self, parts[1]) else {
      throw GrantRefusal("invalid_grant", "Please check the claims: one is missing, or of the wrong type")
    }
    guard claims.audience == app.audience else {
      throw GrantRefusal("invalid_grant", "Please check the 'aud' claim")
    }
    guard (16...128).contains(claims.id.utf8.count) else {
      throw GrantRefusal("invalid_grant", "Please check the 'jti' claim: 16 to 128 characters")
    }
    guard claims.expiresAt > now else {
      throw GrantRefusal(
        "invalid_grant",
        "Current date/time MUST be before the expiration date/time listed in the 'exp' claim")
    }
    guard claims.expiresAt <= now + 60 else {
      throw GrantRefusal("invalid_grant", "Please check the 'exp' claim: at most 60 seconds from now")
    }
    return claims
  }

  private func verify(_ text: String, _ signature: Data, _ algorithm: String) throws(GrantRefusal) {
    guard ["RS256", "RS384", "RS512"].contains(algorithm) else {
      throw GrantRefusal("invalid_grant", "Please check the 'alg' header")
    }
    guard let pem = app.publicKey else { return }
    let isValid = Self.isValid(signature, Data(text.utf8), algorithm, pem)
    if !isValid { throw GrantRefusal("invalid_grant", "OAuth JWT signature is invalid") }
  }

  private static func isValid(_ bytes: Data, _ text: Data, _ algorithm: String, _ pem: String) -> Bool {
    guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem) else { return false }
    let signature = _RSA.Signing.RSASignature(rawRepresentation: bytes)
    return switch algorithm {
    case "RS256": key.isValidSignature(signature, for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
    case "RS384": key.isValidSignature(signature, for: SHA384.hash(data: text), padding: .insecurePKCS1v1_5)
    default: key.isValidSignature(signature, for: SHA512.hash(data: text), padding: .insecurePKCS1v1_5)
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ part: String) -> Value? {
    bytes(part).flatMap { try? JSONDecoder().decode(type, from: $0) }
  }

  /// Base64url without padding (RFC 7515 §2).
  private static func bytes(_ part: String) -> Data? {
    guard !part.contains("=") else { return nil }
    let plain = part.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
  }
}
