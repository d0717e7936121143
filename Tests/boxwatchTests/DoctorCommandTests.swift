import BoxClient
import BoxSimulator
import Foundation
import Testing

@testable import boxwatch

@Suite("boxwatch doctor", .timeLimit(.minutes(2)))
struct DoctorCommandTests {
  private struct Report: Decodable {
    struct Check: Decodable {
      var check: String
      var account: String?
      var status: String
      var message: String
      var advice: String?
    }
    var ok: Bool
    var exit: Int32
    var checks: [Check]

    func check(_ name: String) -> Check? { checks.first { $0.check == name } }
  }

  /// A project with one good rule.
  private func project(_ configuration: String = "rules: rules/\n") throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.write("boxwatch.yaml", configuration)
    try scratch.write("rules/one.lua", "box.on('upload', function() end)\n")
    return scratch
  }

  private func doctor(
    _ scratch: ScratchFolder, _ more: String..., environment: [String: String] = [:]
  ) async throws -> (Command.Result, Report) {
    let result = try await Command.run(
      ["doctor", "--json", "--config", scratch.path("boxwatch.yaml"), "--state", scratch.path("state")] + more,
      environment: environment)
    #expect(result.lines.count == 1, "\(result.text) \(result.errors)")
    let report = try JSONDecoder().decode(Report.self, from: result.output)
    #expect(report.exit == result.status)
    #expect(report.ok == (result.status == 0))
    return (result, report)
  }

  @Test("a simulated account is in order, line by line")
  func inOrder() async throws {
    let scratch = try project()
    let (result, report) = try await doctor(scratch, "--simulate")
    #expect(result.status == 0)
    #expect(
      report.checks.map(\.check) == [
        "configuration", "state", "rules", "credentials", "reachability", "clock", "sign-in", "user streams",
        "enterprise streams",
      ])
    #expect(report.checks.allSatisfy { $0.status == "ok" && $0.advice == nil })
    let text = try await Command.run(["doctor", "--simulate", "--config", scratch.path("boxwatch.yaml")])
    #expect(text.status == 0)
    #expect(text.lines.allSatisfy { $0.hasPrefix("ok       ") })
    #expect(!FileManager.default.fileExists(atPath: scratch.path("state")))
  }

  @Test("credentials that Box refuses exit 77, and what hangs on them is not asked")
  func refused() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.token = "right"
    try await BoxSimulator(configuration).withRunning { address in
      let (result, report) = try await doctor(
        try project(), "--api-url", address, environment: ["BOX_DEVELOPER_TOKEN": "wr0ng-t0ken"])
      #expect(result.status == 77)
      #expect(report.check("reachability")?.status == "ok")
      #expect(report.check("sign-in")?.status == "failure")
      #expect(report.check("sign-in")?.advice?.contains("developer console") == true)
      #expect(report.check("enterprise streams") == nil)
    }
  }

  @Test("no credentials exit 78, an API out of reach 69")
  func connection() async throws {
    let (none, report) = try await doctor(try project())
    #expect(none.status == 78)
    #expect(report.check("credentials")?.advice?.contains("BOX_CONFIG_FILE") == true)
    let (unreachable, other) = try await doctor(
      try project(), "--api-url", "http://127.0.0.1:1", environment: ["BOX_DEVELOPER_TOKEN": "t0ken-of-a-developer"])
    #expect(unreachable.status == 69)
    #expect(other.check("reachability")?.status == "failure")
  }

  @Test("a mistake in the configuration exits 78, a missing file 66")
  func configuration() async throws {
    let (wrong, report) = try await doctor(try project("rulse: rules/\n"))
    #expect(wrong.status == 78)
    #expect(report.check("configuration")?.message.contains("did you mean \"rules\"") == true)
    let several = try project("rulse: rules/\nstraems: {}\n")
    let text = try await Command.run(["doctor", "--config", several.path("boxwatch.yaml")]).lines
    #expect(text.count == 2)
    #expect(text[0].hasPrefix("failure  configuration: ") && text[0].contains("did you mean \"rules\""))
    #expect(text[1].hasPrefix("         ") && text[1].contains("did you mean \"streams\""))
    let missing = try await Command.run(["doctor", "--config", "/no/such.yaml"])
    #expect(missing.status == 66)
  }

  @Test("a rule that does not load exits 1, with a state directory that others may read 73")
  func rulesAndState() async throws {
    let scratch = try project()
    try scratch.write("rules/two.lua", "box.on('upload', function( end)\n")
    #expect(try await doctor(scratch, "--simulate").0.status == 1)
    try FileManager.default.createDirectory(
      atPath: scratch.path("state"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let (result, report) = try await doctor(scratch, "--simulate")
    #expect(result.status == 73)
    #expect(report.check("rules")?.message.contains("two.lua:1") == true)
    #expect(report.check("state")?.advice?.contains("chmod 700") == true)
  }

  @Test("enterprise streams that are withheld are a warning, and a failure where one is to be watched")
  func enterprise() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.withheld = [.enterpriseEvents]
    try await BoxSimulator(configuration).withRunning { address in
      let environment = ["BOX_DEVELOPER_TOKEN": "t0ken-of-a-developer"]
      let (unneeded, first) = try await doctor(try project(), "--api-url", address, environment: environment)
      #expect(unneeded.status == 0)
      #expect(first.check("enterprise streams")?.status == "warning")
      let watching = try project("streams: { all: { stream_type: admin_logs } }\nrules: rules/\n")
      let (needed, second) = try await doctor(watching, "--api-url", address, environment: environment)
      #expect(needed.status == 77)
      #expect(second.check("enterprise streams")?.status == "failure")
      for report in [first, second] {
        let advice = try #require(report.check("enterprise streams")?.advice)
        #expect(advice.contains("\"Manage enterprise properties\""))
      }
      let events = try await Command.run(
        ["events", "--stream-type", "admin_logs", "--api-url", address], environment: environment)
      #expect(events.status == 77)
      #expect(events.errors.contains("insufficient_scope"))
      #expect(events.errors.contains("\"Manage enterprise properties\""))
    }
  }

  @Test("a stream as another user is tried as that user")
  func asUser() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.withheld = [.asUser]
    try await BoxSimulator(configuration).withRunning { address in
      let watching = try project("streams: { people: { as_user: [\"7\", \"8\"] } }\nrules: rules/\n")
      let (result, report) = try await doctor(
        watching, "--api-url", address, environment: ["BOX_DEVELOPER_TOKEN": "t0ken-of-a-developer"])
      #expect(result.status == 77)
      #expect(report.check("sign-in")?.status == "ok")
      for user in ["as user 7", "as user 8"] {
        #expect(report.check(user)?.status == "failure")
        #expect(report.check(user)?.advice?.contains("\"Make API calls using the as-user header\"") == true)
      }
    }
  }

  @Test("every account of the configuration is looked at, with what is wrong with each")
  func accounts() async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.token = "only issued ones"
    configuration.clientSecret = "s3cret-of-app"
    try await BoxSimulator(configuration).withRunning { address in
      let account = "auth: client_credentials, client_id: c, enterprise_id: 1, api_url: \"\(address)\""
      let (result, report) = try await doctor(
        try project(
          """
          accounts:
            good: { \(account), client_secret: s3cret-of-app }
            bad: { \(account), client_secret: gu3ssed-secret }
            nobody: { auth: oauth2 }
            key: { auth: jwt, config_file: missing.json }
            walled: { \(account), client_secret: s3cret-of-app, ca_file: missing.pem }
          rules: rules/
          """))
      #expect(result.status == 78)
      let failures = report.checks.filter { $0.status == "failure" }
      #expect(failures.map { $0.account } == [nil, "bad", "nobody", "key", "walled"])
      // A watcher would not know which of them is meant.
      #expect(failures[0].message.contains("several accounts"))
      #expect(failures[1].advice?.contains("OAuth 2.0 Credentials") == true)
      #expect(failures[2].advice?.contains("boxwatch login --account nobody") == true)
      #expect(failures[3].message.contains("missing.json") == true)
      #expect(failures[4].message.contains("missing.pem") == true)
    }
  }

  @Test("the gravest failure decides the exit code; warnings do not count")
  func exitCodes() {
    func findings(_ codes: boxwatch.ExitStatus...) -> [Finding] {
      [Finding(.ok, "a", "b"), Finding(.warning, "a", "b", exit: .badConfiguration)]
        + codes.map { Finding(.failure, "a", "b", exit: $0) }
    }
    #expect(findings().exit == .done)
    #expect(findings(.failed).exit == .failed)
    #expect(findings(.failed, .refused, .cannotCreate, .damagedState).exit == .damagedState)
    #expect(findings(.unreachable, .cannotCreate).exit == .cannotCreate)
    #expect(findings(.failed, .unreachable).exit == .unreachable)
    #expect(findings(.unreachable, .refused, .failed).exit == .refused)
    #expect(findings(.unreachable, .refused, .missingFile).exit == .missingFile)
    #expect(findings(.refused, .badConfiguration, .missingFile, .unreachable).exit == .badConfiguration)
  }

  @Test(
    "a clock that is off by more than an answer takes is told with its direction",
    arguments: [(0, nil), (20, nil), (-20, nil), (21, "21 s behind"), (-3600, "3600 s ahead of")] as [(Int64, String?)])
  func clock(seconds: Int64, told: String?) {
    let finding = ClockExamination.finding(
      server: Timestamp(seconds: 1_000_000 + seconds), own: Timestamp(seconds: 1_000_000), account: "a")
    #expect((finding.status == .warning) == (told != nil))
    #expect(told.map(finding.message.contains) ?? true)
    #expect((finding.advice != nil) == (told != nil))
  }

  @Test("a refusal's advice names the box to tick, or what else is wrong")
  func advice() {
    #expect(
      Advice.grant("POST /oauth2/token: Box answered 400, invalid_grant: Grant credentials are invalid")
        .contains("\"Generate user access tokens\""))
    #expect(Advice.grant("invalid_grant: Please check the 'aud' claim").contains("audience"))
    #expect(Advice.grant("invalid_grant: please check the 'kid' header").contains("Add and Manage Public Keys"))
    #expect(Advice.grant("invalid_grant: Current date/time MUST be before").contains("clock"))
    #expect(Advice.grant("unauthorized_client: This app is not authorized").contains("Platform Apps Manager"))
    #expect(Advice.unauthorized("the sign-in has ended: boxwatch login") == nil)
    #expect(Advice.forbidden.contains("\"Manage enterprise properties\""))
    #expect(Advice.forbidden.contains("\"Make API calls using the as-user header\""))
  }
}
