import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An app's private RSA key, opened.
struct SigningKey: Sendable {
  private let key: _RSA.Signing.PrivateKey

  /// Opens a PEM text: PKCS#8, plain or encrypted (PBES2 with AES or triple-DES, PBE-SHA1-3DES), or the traditional
  /// form of `openssl genrsa`, encrypted or not.
  ///
  /// - Throws: ``JWTConfigurationError``.
  init(pem: String, passphrase: String, place: String) throws {
    // Editors and secret stores sometimes write the escape itself in place of the line break.
    let pem = pem.contains("\n") ? pem : pem.replacing("\\n", with: "\n")
    let isEncrypted = pem.contains("ENCRYPTED")
    if isEncrypted && passphrase.isEmpty {
      throw JWTConfigurationError(
        place, "the private key is encrypted, and boxAppSettings.appAuth.passphrase is missing",
        advice: "Write the passphrase into the file, beside privateKey.")
    }
    do {
      key =
        isEncrypted
        ? try _RSA.Signing.PrivateKey(encryptedPEMRepresentation: pem) { give in give(Array(passphrase.utf8)) }
        : try _RSA.Signing.PrivateKey(pemRepresentation: pem)
    } catch {
      throw Self.failure(pem, isEncrypted: isEncrypted, place)
    }
  }

  private static func failure(_ pem: String, isEncrypted: Bool, _ place: String) -> JWTConfigurationError {
    if isEncrypted, let digest = unreadableDigest(pem) {
      return JWTConfigurationError(
        place, "the private key's passphrase is stretched with HMAC-\(digest), which is not supported",
        advice: "Convert the key: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in key.pem -out new.pem")
    }
    if isEncrypted {
      return JWTConfigurationError(
        place, "the passphrase does not open the private key",
        advice: "Check boxAppSettings.appAuth.passphrase; openssl pkey -in key.pem -noout tries it by hand.")
    }
    return JWTConfigurationError(
      place, "boxAppSettings.appAuth.privateKey is no RSA key of 2048 bits or more in PEM form",
      advice:
        "It begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----; line breaks are \\n.")
  }

  /// The digest of PBKDF2 where it is one that BoringSSL does not know (RFC 8018, appendix B.1.2).
  private static func unreadableDigest(_ pem: String) -> String? {
    let lines = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") && !$0.contains(":") }
    guard let der = Data(base64Encoded: lines.joined()).map(Array.init) else { return nil }
    let rsadsiDigests: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02]
    let known: [(UInt8, String)] = [(0x08, "SHA224"), (0x0A, "SHA384"), (0x0B, "SHA512")]
    return known.first { der.firstRange(of: rsadsiDigests + [$0.0]) != nil }?.1
  }

  /// The signature of RSASSA-PKCS1-v1_5 (RFC 7518, section 3.3).
  func sign(_ text: [UInt8], _ algorithm: JWTAlgorithm) throws -> [UInt8] {
    let signature =
      switch algorithm {
      case .rs256: try key.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
      case .rs384: try key.signature(for: SHA384.hash(data: text), padding: .insecurePKCS1v1_5)
      case .rs512: try key.signature(for: SHA512.hash(data: text), padding: .insecurePKCS1v1_5)
      }
    return Array(signature.rawRepresentation)
  }
}

/// How an assertion is signed.
enum JWTAlgorithm: String, Sendable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
}
