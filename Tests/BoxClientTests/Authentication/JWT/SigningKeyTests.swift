import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import BoxClient

@Suite("Private keys")
struct SigningKeyTests {
  private static let phrase = "correct horse"

  private static func topk8(_ arguments: String...) -> [String] {
    ["pkcs8", "-topk8"] + arguments + ["-passout", "pass:\(phrase)"]
  }

  private func signs(_ key: SigningKey) throws -> Bool {
    let text = Array("header.claims".utf8)
    let signature = _RSA.Signing.RSASignature(rawRepresentation: Data(try key.sign(text, .rs256)))
    return try _RSA.Signing.PublicKey(pemRepresentation: OpenSSL.key.publicPEM)
      .isValidSignature(signature, for: SHA256.hash(data: Data(text)), padding: .insecurePKCS1v1_5)
  }

  @Test("A plain key opens, in both forms that openssl writes")
  func plain() throws {
    #expect(try signs(SigningKey(pem: OpenSSL.key.privatePEM, passphrase: "", place: "f")))
    let traditional = try OpenSSL.converted(["pkey", "-traditional"])
    #expect(traditional.contains("BEGIN RSA PRIVATE KEY"))
    #expect(try signs(SigningKey(pem: traditional, passphrase: "", place: "f")))
  }

  @Test(
    "An encrypted key opens with its passphrase, and with no other",
    arguments: [
      topk8("-v2", "aes-128-cbc"), topk8("-v2", "aes-192-cbc"), topk8("-v2", "aes-256-cbc"),
      topk8("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"), topk8("-v2", "des3"),
      topk8("-v2", "des3", "-v2prf", "hmacWithSHA1"), topk8("-v2", "des3", "-v2prf", "hmacWithSHA256"),
      topk8("-v1", "PBE-SHA1-3DES"),
      ["rsa", "-traditional", "-des3", "-passout", "pass:\(phrase)"],
    ])
  func opens(arguments: [String]) throws {
    let pem = try OpenSSL.converted(arguments)
    #expect(pem.contains("ENCRYPTED"))
    #expect(try signs(SigningKey(pem: pem, passphrase: Self.phrase, place: "f")))
    let error = #expect(throws: JWTConfigurationError.self) {
      _ = try SigningKey(pem: pem, passphrase: "another phrase", place: "f.json")
    }
    #expect(error?.problem == "f.json: the passphrase does not open the private key")
    let missing = #expect(throws: JWTConfigurationError.self) {
      _ = try SigningKey(pem: pem, passphrase: "", place: "f.json")
    }
    #expect(missing?.problem.contains("passphrase is missing") == true)
  }

  @Test("A digest that is not supported is named, with the command that converts the key", arguments: ["384", "512"])
  func digests(bits: String) throws {
    let pem = try OpenSSL.converted(Self.topk8("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA\(bits)"))
    let error = #expect(throws: JWTConfigurationError.self) {
      _ = try SigningKey(pem: pem, passphrase: Self.phrase, place: "f")
    }
    #expect(error?.problem.contains("HMAC-SHA\(bits)") == true)
    #expect(error?.advice.contains("-v2prf hmacWithSHA256") == true)
  }

  @Test("Line breaks that are still escaped are line breaks")
  func escapes() throws {
    let pem = OpenSSL.key.privatePEM.replacingOccurrences(of: "\n", with: "\\n")
    #expect(try signs(SigningKey(pem: pem, passphrase: "", place: "f")))
  }

  @Test("Another kind of key, and no key, are told apart from a wrong passphrase")
  func others() throws {
    let curve = try OpenSSL.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    let small = try OpenSSL.run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"])
    for pem in [curve, small, "nonsense"] {
      let error = #expect(throws: JWTConfigurationError.self) {
        _ = try SigningKey(pem: pem, passphrase: "", place: "f")
      }
      #expect(error?.problem.contains("no RSA key of 2048 bits") == true)
    }
  }
}
