import Foundation
import Testing

/// Keys as `openssl` makes them.
enum OpenSSL {
  struct Failure: Error {
    let arguments: [String]
    let text: String
  }

  /// A private RSA key of 2048 bits, PKCS#8, and its public half; made once for all tests.
  static let key: (privatePEM: String, publicPEM: String) = try! {
    let privatePEM = try run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
    return (privatePEM, try run(["pkey", "-pubout"], input: privatePEM))
  }()

  /// The key in another form.
  static func converted(_ arguments: [String]) throws -> String { try run(arguments, input: key.privatePEM) }

  /// Runs `openssl` and returns what it prints.
  @discardableResult
  static func run(_ arguments: [String], input: String = "") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let (given, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = given
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    given.fileHandleForWriting.write(Data(input.utf8))
    try given.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(arguments: arguments, text: complaint) }
    return text
  }

  /// The developer console's file around a key.
  static func configuration(
    _ key: String, passphrase: String? = nil, more: String = "", clientID: String = "client-1"
  ) -> [UInt8] {
    let escaped = key.replacingOccurrences(of: "\n", with: "\\n")
    let phrase = passphrase.map { ",\"passphrase\":\"\($0)\"" } ?? ""
    return Array(
      """
      {"boxAppSettings":{"clientID":"\(clientID)","clientSecret":"s3cret-of-app","appAuth":{"publicKeyID":"kid00001",
      "privateKey":"\(escaped)"\(phrase)\(more)}},"enterpriseID":"1234567","webhooks":{}}
      """.utf8)
  }
}
