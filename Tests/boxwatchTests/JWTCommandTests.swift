import BoxSimulator
import Foundation
import Testing

@Suite("JWT on the command line", .timeLimit(.minutes(2)))
struct JWTCommandTests {
  private static let phrase = "pass-phrase-of-key"

  /// A key pair as the developer console makes one: the private half encrypted.
  private static let keys: (privatePEM: String, publicPEM: String) = try! {
    let plain = try openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
    let locked = try openssl(
      ["pkcs8", "-topk8", "-v2", "des3", "-passout", "pass:\(phrase)"], input: plain)
    return (locked, try openssl(["pkey", "-pubout"], input: plain))
  }()

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

  /// What none of the commands may show.
  private let hidden = ["s3cret-of-app", phrase, "PRIVATE KEY", "assertion="]

  private func write(_ scratch: ScratchFolder, passphrase: String = phrase, kid: String = "kid00001") throws -> String {
    let key = Self.keys.privatePEM.replacingOccurrences(of: "\n", with: "\\n")
    return try scratch.write(
      "app_config.json",
      """
      {"boxAppSettings":{"clientID":"client-1","clientSecret":"s3cret-of-app","appAuth":{"publicKeyID":"\(kid)",
      "privateKey":"\(key)","passphrase":"\(passphrase)"}},"enterpriseID":"1234567"}
      """)
  }

  private func simulator() throws -> BoxSimulator {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 5
    configuration.token = "only issued ones"
    configuration.app.clientID = "client-1"
    configuration.app.clientSecret = "s3cret-of-app"
    configuration.app.publicKey = Self.keys.publicPEM
    configuration.app.publicKeyID = "kid00001"
    configuration.app.enterpriseID = "1234567"
    return try BoxSimulator(configuration)
  }

  @Test("the console's file signs in, named by the environment or by the configuration")
  func accepted() async throws {
    let scratch = try ScratchFolder()
    let file = try write(scratch)
    try await simulator().withRunning { address in
      let named = try await Command.run(
        ["events", "--limit", "2", "--api-url", address], environment: ["BOX_CONFIG_FILE": file])
      #expect(named.status == 0, "\(named.errors)")
      #expect(named.lines.count == 2)
      let yaml = try scratch.write(
        "boxwatch.yaml",
        "accounts: { acme: { auth: jwt, config_file: app_config.json, api_url: \"\(address)\" }, other: { token: t } }")
      let state = scratch.path("state")
      let configured = try await Command.run(
        ["events", "--limit", "2", "--config", yaml, "--account", "acme", "--state", state])
      #expect(configured.status == 0, "\(configured.errors)")
      let doctor = try await Command.run(["doctor", "--config", yaml, "--account", "acme", "--state", state])
      #expect(doctor.status == 0, "\(doctor.text)")
      #expect(doctor.text.contains("JWT of client-1 for enterprise 1234567"))
      for result in [named, configured, doctor] {
        for secret in hidden { #expect(!(result.text + result.errors).contains(secret)) }
      }
    }
  }

  @Test("a wrong passphrase exits 78, a key that Box does not know 77 with the page of the console to look at")
  func refused() async throws {
    let scratch = try ScratchFolder()
    try await simulator().withRunning { address in
      let locked = try await Command.run(
        ["events", "--api-url", address], environment: ["BOX_CONFIG_FILE": try write(scratch, passphrase: "gu3ssed")])
      #expect(locked.status == 78)
      #expect(locked.errors.contains("the passphrase does not open the private key"))
      let unknown = try await Command.run(
        ["events", "--api-url", address], environment: ["BOX_CONFIG_FILE": try write(scratch, kid: "kid00002")])
      #expect(unknown.status == 77, "\(unknown.errors)")
      #expect(unknown.errors.contains("Add and Manage Public Keys"))
      let both = try await Command.run(
        ["events", "--api-url", address],
        environment: ["BOX_CONFIG_FILE": try write(scratch), "BOX_USER_ID": "1", "BOX_ENTERPRISE_ID": "2"])
      #expect(both.status == 78)
      for result in [locked, unknown, both] {
        for secret in hidden + ["gu3ssed"] { #expect(!(result.text + result.errors).contains(secret)) }
      }
    }
  }

  @Test("BOX_USER_ID is whose token it is")
  func user() async throws {
    let scratch = try ScratchFolder()
    let file = try write(scratch)
    try await simulator().withRunning { address in
      let doctor = try await Command.run(
        ["doctor", "--api-url", address], environment: ["BOX_CONFIG_FILE": file, "BOX_USER_ID": "10000000002"])
      #expect(doctor.text.contains("for user 10000000002"), "\(doctor.text)")
      #expect(doctor.status == 0, "\(doctor.text)")
    }
  }
}
