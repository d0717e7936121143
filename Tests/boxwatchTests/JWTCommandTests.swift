import BoxSimulator
import Foundation
import Testing

@Suite("JWT on the command line", .timeLimit(.minutes(2)))
struct JWTCommandTests {
  private func simulator() throws -> BoxSimulator {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 5
    configuration.token = "only issued ones"
    configuration.app.clientID = "client-1"
    configuration.app.clientSecret = JWTFile.clientSecret
    configuration.app.publicKey = JWTFile.keys.publicPEM
    configuration.app.publicKeyID = "kid00001"
    configuration.app.enterpriseID = "1234567"
    return try BoxSimulator(configuration)
  }

  @Test("the console's file signs in, named by the environment or by the configuration")
  func accepted() async throws {
    let scratch = try ScratchFolder()
    let file = try JWTFile.write(to: scratch)
    try await simulator().withRunning { address in
      let named = try await Command.run(
        ["events", "--limit", "2", "--api-url", address], environment: ["BOX_CONFIG_FILE": file])
      #expect(named.status == 0, "\(named.errors)")
      #expect(named.lines.count == 2)
      let yaml = try scratch.write(
        "boxwatch.yaml",
        "accounts: { acme: { auth: jwt, config_file: app_config.json, api_url: \"\(address)\" }, other: { token: t0ken-of-the-other } }"
      )
      let state = scratch.path("state")
      let configured = try await Command.run(
        ["events", "--limit", "2", "--config", yaml, "--account", "acme", "--state", state])
      #expect(configured.status == 0, "\(configured.errors)")
      let doctor = try await Command.run(["doctor", "--config", yaml, "--account", "acme", "--state", state])
      #expect(doctor.status == 0, "\(doctor.text)")
      #expect(doctor.text.contains("JWT of client-1 for enterprise 1234567"))
    }
  }

  @Test("a wrong passphrase exits 78, a key that Box does not know 77 with the page of the console to look at")
  func refused() async throws {
    let scratch = try ScratchFolder()
    try await simulator().withRunning { address in
      let locked = try await Command.run(
        ["events", "--api-url", address],
        environment: ["BOX_CONFIG_FILE": try JWTFile.write(to: scratch, passphrase: "gu3ssed-phrase")])
      #expect(locked.status == 78)
      #expect(locked.errors.contains("the passphrase does not open the private key"))
      let unknown = try await Command.run(
        ["events", "--api-url", address],
        environment: ["BOX_CONFIG_FILE": try JWTFile.write(to: scratch, kid: "kid00002")])
      #expect(unknown.status == 77, "\(unknown.errors)")
      #expect(unknown.errors.contains("Add and Manage Public Keys"))
      let both = try await Command.run(
        ["events", "--api-url", address],
        environment: ["BOX_CONFIG_FILE": try JWTFile.write(to: scratch), "BOX_USER_ID": "1", "BOX_ENTERPRISE_ID": "2"])
      #expect(both.status == 78)
    }
  }

  @Test("BOX_USER_ID is whose token it is")
  func user() async throws {
    let scratch = try ScratchFolder()
    let file = try JWTFile.write(to: scratch)
    try await simulator().withRunning { address in
      let doctor = try await Command.run(
        ["doctor", "--api-url", address], environment: ["BOX_CONFIG_FILE": file, "BOX_USER_ID": "10000000002"])
      #expect(doctor.text.contains("for user 10000000002"), "\(doctor.text)")
      #expect(doctor.status == 0, "\(doctor.text)")
    }
  }
}
