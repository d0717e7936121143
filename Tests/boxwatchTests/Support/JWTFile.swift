import Foundation
import Testing

/// The JSON file that the developer console downloads for the app `client-1`, with a key pair made for the tests.
enum JWTFile {
  static let passphrase = "pass-phrase-of-key"
  static let clientSecret = "s3cret-of-app"

  /// The private half is encrypted, as the console makes it.
  static let keys: (privatePEM: String, publicPEM: String) = try! {
    let plain = try openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
    let locked = try openssl(
      ["pkcs8", "-topk8", "-v2", "des3", "-passout", "pass:\(passphrase)"], input: plain)
    return (locked, try openssl(["pkey", "-pubout"], input: plain))
  }()

  /// Writes the file `app_config.json` and returns its path.
  static func write(
    to scratch: ScratchFolder, passphrase: String = passphrase, kid: String = "kid00001"
  ) throws -> String {
    let key = keys.privatePEM.replacingOccurrences(of: "\n", with: "\\n")
    return try scratch.write(
      "app_config.json",
      """
      {"boxAppSettings":{"clientID":"client-1","clientSecret":"\(clientSecret)","appAuth":{"publicKeyID":"\(kid)",
      "privateKey":"\(key)","passphrase":"\(passphrase)"}},"enterpriseID":"1234567"}
      """)
  }

  private static func openssl(_ arguments: [String], input: String = "") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let (given, output) = (Pipe(), Pipe())
    process.standardInput = given
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    given.fileHandleForWriting.write(Data(input.utf8))
    try given.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return text
  }
}
