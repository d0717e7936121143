import BoxClient
import ConfigurationFile
import Foundation
import Testing

@testable import boxwatch

@Suite("Whose credentials are used", .timeLimit(.minutes(1)))
struct AccountLookupTests {
  /// What is there to choose from, and what is to come of it.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var environment: [String: String] = [:]
    /// `boxwatch.yaml`; `@` stands for the folder.
    var yaml = ""
    /// `--account`.
    var named: String?
    /// What a stream says.
    var stream: String?
    var apiURL: String?
    /// The accounts for which `login` stored something, with the app `client-1`.
    var signedIn: [String] = []
    var expected: Expected

    enum Expected: Sendable {
      case access(String)
      case refusal(boxwatch.ExitStatus, [String])
    }

    init(
      _ description: String, environment: [String: String] = [:], yaml: String = "", named: String? = nil,
      stream: String? = nil, apiURL: String? = nil, signedIn: [String] = [], _ expected: Expected
    ) {
      testDescription = description
      self.environment = environment
      self.yaml = yaml
      self.named = named
      self.stream = stream
      self.apiURL = apiURL
      self.signedIn = signedIn
      self.expected = expected
    }
  }

  private static let developer = ["BOX_DEVELOPER_TOKEN": "t0ken"]
  private static let app = ["BOX_CLIENT_ID": "client-9", "BOX_CLIENT_SECRET": "s3cret"]
  private static let enterprise = app.merging(["BOX_ENTERPRISE_ID": "7"]) { $1 }
  private static let jwt = ["BOX_CONFIG_FILE": "@/app_config.json"]

  private static func all(_ environments: [String: String]...) -> [String: String] {
    environments.reduce(into: [:]) { $0.merge($1) { $1 } }
  }

  static let environment: [Case] = [
    Case(
      "nothing at all",
      .refusal(
        .badConfiguration,
        [
          "no credentials for Box", "BOX_DEVELOPER_TOKEN", "BOX_CLIENT_ID, BOX_CLIENT_SECRET and BOX_ENTERPRISE_ID",
          "BOX_CONFIG_FILE", "boxwatch login", "--simulate",
        ])),
    Case("a developer token", environment: developer, .access("developer token t0ken at https://api.box.com")),
    Case(
      "a developer token with the line break of its file", environment: ["BOX_DEVELOPER_TOKEN": "t0ken\r\n"],
      .access("developer token t0ken at https://api.box.com")),
    Case(
      "a developer token with what no token has", environment: ["BOX_DEVELOPER_TOKEN": "t0k\u{7}en"],
      .refusal(.badConfiguration, ["BOX_DEVELOPER_TOKEN holds characters that no token has"])),
    Case(
      "an empty developer token", environment: ["BOX_DEVELOPER_TOKEN": ""],
      .refusal(.badConfiguration, ["no credentials for Box"])),
    Case(
      "an app and an enterprise", environment: enterprise,
      .access("client credentials client-9/s3cret for enterprise 7 at https://api.box.com")),
    Case(
      "an app and a user", environment: all(app, ["BOX_USER_ID": "12"]),
      .access("client credentials client-9/s3cret for user 12 at https://api.box.com")),
    Case(
      "an app, an enterprise and a user", environment: all(enterprise, ["BOX_USER_ID": "12"]),
      .refusal(.badConfiguration, ["BOX_ENTERPRISE_ID and BOX_USER_ID are both set", "Unset one"])),
    Case(
      "an app's id alone", environment: ["BOX_CLIENT_ID": "client-9"],
      .refusal(.badConfiguration, ["BOX_CLIENT_ID is set, but BOX_CLIENT_SECRET is not"])),
    Case(
      "an app's secret alone", environment: ["BOX_CLIENT_SECRET": "s3cret"],
      .refusal(.badConfiguration, ["no credentials for Box"])),
    Case(
      "an app without a subject", environment: app,
      .refusal(.badConfiguration, ["neither BOX_ENTERPRISE_ID nor BOX_USER_ID is"])),
    Case("a JWT file", environment: jwt, .access("JWT of client-1 for its enterprise at https://api.box.com")),
    Case(
      "a JWT file and a user", environment: all(jwt, ["BOX_USER_ID": "12"]),
      .access("JWT of client-1 for user 12 at https://api.box.com")),
    Case(
      "a JWT file that is not there", environment: ["BOX_CONFIG_FILE": "@/none.json"],
      .refusal(.missingFile, ["@/none.json: the file does not exist", "BOX_CONFIG_FILE"])),
    Case(
      "a JWT file beside an app's id alone", environment: all(jwt, ["BOX_CLIENT_ID": "client-9"]),
      .access("JWT of client-1 for its enterprise at https://api.box.com")),
    Case(
      "a JWT file beside an app with its subject", environment: all(jwt, enterprise),
      .access("client credentials client-9/s3cret for enterprise 7 at https://api.box.com")),
    Case(
      "all at once", environment: all(developer, jwt, enterprise),
      .access("developer token t0ken at https://api.box.com")),
    Case(
      "a developer token and another address", environment: developer, apiURL: "http://127.0.0.1:1",
      .access("developer token t0ken at http://127.0.0.1:1")),
  ]

  private static let one = """
    accounts:
      acme: { token: t0ken-of-acme, api_url: "https://box.example", proxy: "http://proxy.example:3128", ca_file: ca.pem }
    """
  private static let two = """
    accounts:
      acme: { token: t0ken-of-acme, api_url: "https://box.example", proxy: "http://proxy.example:3128" }
      emca: { client_id: client-2, client_secret: s3cret-of-emca, user_id: 8 }
    """
  private static let way = "at https://box.example through http://proxy.example:3128 trusting @/ca.pem"
  private static let acmeOfTwo =
    "developer token t0ken-of-acme at https://box.example through http://proxy.example:3128"

  static let file: [Case] = [
    Case("one account", yaml: one, .access("developer token t0ken-of-acme \(way)")),
    Case(
      "one account, with an app's id in the environment", environment: ["BOX_CLIENT_ID": "client-9"], yaml: one,
      .access("developer token t0ken-of-acme \(way)")),
    Case(
      "one account, and the environment's token goes its way", environment: developer, yaml: one,
      .access("developer token t0ken \(way)")),
    Case(
      "one account that is named goes before the environment", environment: developer, yaml: one, named: "acme",
      .access("developer token t0ken-of-acme \(way)")),
    Case(
      "one account and another address", yaml: one, apiURL: "https://other.example",
      .access(
        "developer token t0ken-of-acme at https://other.example through http://proxy.example:3128 trusting @/ca.pem")),
    Case(
      "the environment and another address", environment: developer, yaml: one, apiURL: "https://other.example",
      .access("developer token t0ken at https://other.example through http://proxy.example:3128 trusting @/ca.pem")),
    Case(
      "several, and none chosen", yaml: two,
      .refusal(.badConfiguration, ["several accounts, and none is chosen", "Choose with --account: acme, emca."])),
    Case("several, the first named", yaml: two, named: "acme", .access(acmeOfTwo)),
    Case(
      "several, the second named", yaml: two, named: "emca",
      .access("client credentials client-2/s3cret-of-emca for user 8 at https://api.box.com")),
    Case(
      "several, another one named", yaml: two, named: "none",
      .refusal(.badConfiguration, ["there is no account \"none\"", "The configuration has acme, emca."])),
    Case(
      "several, another one named, and the environment whole", environment: developer, yaml: two, named: "none",
      .refusal(.badConfiguration, ["there is no account \"none\""])),
    Case(
      "several, and the environment's token goes to Box itself", environment: developer, yaml: two,
      .access("developer token t0ken at https://api.box.com")),
    Case(
      "several, one named by a stream, and the environment whole", environment: developer, yaml: two, stream: "acme",
      .access(acmeOfTwo)),
    Case(
      "a stream's account goes before --account", yaml: two, named: "emca", stream: "acme", .access(acmeOfTwo)),
    Case(
      "an account whose JWT file is not there", yaml: "accounts: { acme: { auth: jwt, config_file: none.json } }",
      .refusal(.missingFile, ["@/none.json: the file does not exist", "config_file"])),
  ]

  private static let oauth2 = "accounts: { acme: { auth: oauth2 } }"
  private static func oauth2(_ keys: String) -> String { "accounts: { acme: { auth: oauth2, \(keys) } }" }

  static let signIns: [Case] = [
    Case("a sign-in", signedIn: ["default"], .access("sign-in of default at https://api.box.com")),
    Case(
      "the environment whole beside a sign-in", environment: developer, signedIn: ["default"],
      .access("developer token t0ken at https://api.box.com")),
    Case(
      "the app of the sign-in", environment: ["BOX_CLIENT_ID": "client-1"], signedIn: ["default"],
      .access("sign-in of default at https://api.box.com")),
    Case(
      "another app than that of the sign-in", environment: ["BOX_CLIENT_ID": "client-9"], signedIn: ["default"],
      .refusal(
        .badConfiguration,
        [
          "account default is signed in with the app client-1, not with client-9",
          "boxwatch login --account default --client-id client-9",
        ])),
    Case(
      "a sign-in of another name", signedIn: ["acme"], .refusal(.badConfiguration, ["no credentials for Box"])),
    Case(
      "a sign-in that is named", named: "acme", signedIn: ["default", "acme"],
      .access("sign-in of acme at https://api.box.com")),
    Case(
      "a sign-in that is named goes before the environment", environment: developer, named: "acme",
      signedIn: ["acme"], .access("sign-in of acme at https://api.box.com")),
    Case(
      "one that is named and not there", environment: developer, named: "none", signedIn: ["acme"],
      .refusal(
        .badConfiguration,
        ["there is no account \"none\"", "nobody has signed in with boxwatch login --account none"])),
    Case(
      "a sign-in at another address", apiURL: "https://other.example", signedIn: ["default"],
      .refusal(
        .badConfiguration,
        ["signed in at https://api.box.com, and https://other.example is to be called", "Its tokens go nowhere else"])),
    Case(
      "an account of the file that is signed in", yaml: oauth2, signedIn: ["acme"],
      .access("sign-in of acme at https://api.box.com")),
    Case(
      "an account of the file for which nobody is", yaml: oauth2, signedIn: ["default"],
      .refusal(
        .badConfiguration, ["account acme: it has no credentials", "boxwatch login --account acme --client-id ID"])),
    Case(
      "an account of the file with another app", yaml: oauth2("client_id: client-2"), signedIn: ["acme"],
      .refusal(.badConfiguration, ["signed in with the app client-1, not with client-2"])),
    Case(
      "the environment whole beside an account that is signed in", environment: enterprise, yaml: oauth2,
      signedIn: ["acme"], .access("client credentials client-9/s3cret for enterprise 7 at https://api.box.com")),
  ]

  private static func signIn(_ account: String, with secret: String) -> Case.Expected {
    .access("sign-in of \(account) with the secret \(secret) at https://api.box.com")
  }

  /// A secret that was made anew since the sign-in.
  static let secrets: [Case] = [
    Case(
      "the environment's", environment: ["BOX_CLIENT_SECRET": "new"], signedIn: ["default"],
      signIn("default", with: "new")),
    Case(
      "the environment's, with the app's id", environment: ["BOX_CLIENT_ID": "client-1", "BOX_CLIENT_SECRET": "new"],
      signedIn: ["default"], signIn("default", with: "new")),
    Case(
      "the environment's, for the account that is named",
      environment: ["BOX_CLIENT_ID": "client-1", "BOX_CLIENT_SECRET": "new"], named: "acme", signedIn: ["acme"],
      signIn("acme", with: "new")),
    Case(
      "another app's is not sent", environment: app, named: "acme", signedIn: ["acme"],
      .access("sign-in of acme at https://api.box.com")),
    Case(
      "the file's", yaml: oauth2("client_secret: new"), signedIn: ["acme"], signIn("acme", with: "new")),
    Case(
      "the environment's goes before the file's", environment: ["BOX_CLIENT_SECRET": "newer"],
      yaml: oauth2("client_secret: new"), signedIn: ["acme"], signIn("acme", with: "newer")),
    Case(
      "the environment's, of another app, does not", environment: app, yaml: oauth2("client_secret: new"),
      signedIn: ["acme"], signIn("acme", with: "new")),
    Case(
      "which of several accounts is meant is not guessed", environment: ["BOX_CLIENT_SECRET": "new"],
      yaml: "accounts: { acme: { auth: oauth2 }, emca: { auth: oauth2 } }", named: "acme", signedIn: ["acme", "emca"],
      .access("sign-in of acme at https://api.box.com")),
    Case(
      "nor which of several sign-ins", environment: ["BOX_CLIENT_SECRET": "new"], named: "acme",
      signedIn: ["acme", "emca"], .access("sign-in of acme at https://api.box.com")),
    Case(
      "of several accounts the app's id says it",
      environment: ["BOX_CLIENT_ID": "client-1", "BOX_CLIENT_SECRET": "new"],
      yaml: "accounts: { acme: { auth: oauth2 }, emca: { auth: oauth2 } }", named: "acme", signedIn: ["acme", "emca"],
      signIn("acme", with: "new")),
  ]

  @Test("the environment alone", arguments: environment)
  func ofEnvironment(_ row: Case) throws { try check(row) }

  @Test("a configuration with accounts", arguments: file)
  func ofFile(_ row: Case) throws { try check(row) }

  @Test("what login stored", arguments: signIns)
  func ofSignIns(_ row: Case) throws { try check(row) }

  @Test("an app's secret that was made anew", arguments: secrets)
  func ofSecrets(_ row: Case) throws { try check(row) }

  @Test("the simulator asks for no credentials, whatever there is")
  func simulated() throws {
    let row = Case(
      "", environment: Self.enterprise, yaml: Self.two, apiURL: "http://127.0.0.1:1", signedIn: ["default"],
      .access("developer token simulated at http://127.0.0.1:1"))
    try check(row, isSimulated: true)
  }

  @Test("a state directory that others may read is refused where it is needed, and only there")
  func exposed() throws {
    let scratch = try ScratchFolder()
    try scratch.storeSignIns(apiURL: "https://api.box.com")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.path("state"))
    func lookup(_ environment: [String: String]) -> AccountLookup {
      AccountLookup(
        configuration: BoxwatchConfiguration(), named: nil, apiURL: nil, isSimulated: false,
        state: scratch.path("state"), environment: Environment(environment))
    }
    let error = #expect(throws: (any Error).self) { try lookup([:]).access(nil) }
    #expect(error.flatMap { ErrorMessage($0)?.status } == .cannotCreate)
    #expect(throws: Never.self) { try lookup(Self.developer).access(nil) }
  }

  @Test("--account leaves its own streams and those of nobody; where there are none, it exits 64")
  func streams() throws {
    let yaml = Self.two + "\nstreams: { a: { account: acme }, b: { account: acme }, c: { account: emca } }\n"
    let all = try lookup(Case("", yaml: yaml, .access("")), try ScratchFolder()).configuration.streams
    func left(_ named: String?, _ streams: [BoxwatchConfiguration.Stream]) throws -> [String] {
      try lookup(Case("", yaml: yaml, named: named, .access("")), try ScratchFolder()).streams(streams).map(\.name)
    }
    #expect(try left(nil, all) == ["a", "b", "c"])
    #expect(try left("acme", all) == ["a", "b"])
    #expect(try left("emca", all) == ["c"])
    var nobodys = all[2]
    nobodys.account = nil
    #expect(try left("acme", [nobodys]) == ["c"])
    let error = #expect(throws: CommandFailure.self) { try left("emca", Array(all.prefix(2))) }
    #expect(error?.status == .usage)
    #expect(error?.problem.contains("--account emca") == true)
  }

  @Test("events are remembered under the file's name for the account, whoever's credentials are used")
  func labels() throws {
    func label(_ yaml: String, named: String? = nil, stream: String? = nil) throws -> String {
      try lookup(Case("", yaml: yaml, named: named, .access("")), try ScratchFolder()).label(stream)
    }
    #expect(try label("") == "default")
    #expect(try label(Self.one) == "acme")
    #expect(try label(Self.two) == "default")
    #expect(try label(Self.two, named: "emca") == "emca")
    #expect(try label(Self.two, named: "emca", stream: "acme") == "acme")
  }

  // MARK: Carrying out

  private func check(_ row: Case, isSimulated: Bool = false) throws {
    let scratch = try ScratchFolder()
    _ = try JWTFile.write(to: scratch)
    if !row.signedIn.isEmpty { try scratch.storeSignIns(row.signedIn, apiURL: "https://api.box.com") }
    do {
      let access = try lookup(row, scratch, isSimulated: isSimulated).access(row.stream)
      guard case .access(let text) = row.expected else {
        Issue.record("it is not refused: \(words(access, scratch))")
        return
      }
      #expect(words(access, scratch) == text)
    } catch {
      let failure = try #require(ErrorMessage.failure(for: error), "\(error)")
      let told = "\(failure.problem). \(failure.advice ?? "")".replacingOccurrences(of: scratch.path(""), with: "@")
      guard case .refusal(let status, let texts) = row.expected else {
        Issue.record("it is refused: \(told)")
        return
      }
      #expect(failure.status == status)
      for text in texts { #expect(told.contains(text), "\(told)") }
    }
  }

  private func lookup(_ row: Case, _ scratch: ScratchFolder, isSimulated: Bool = false) throws -> AccountLookup {
    let variables = row.environment.mapValues { $0.replacingOccurrences(of: "@", with: scratch.path("")) }
    let file = try scratch.write("boxwatch.yaml", row.yaml)
    let configuration = try BoxwatchConfiguration.load(file) { variables[$0] }
    return AccountLookup(
      configuration: configuration, named: row.named, apiURL: row.apiURL, isSimulated: isSimulated,
      state: scratch.path("state"), environment: Environment(variables))
  }

  private func words(_ access: AccountAccess, _ scratch: ScratchFolder) -> String {
    let proxy = access.route.proxy.map { " through \($0)" } ?? ""
    let certificates = access.route.caFile.map { " trusting \($0)" } ?? ""
    return "\(words(access.credentials)) at \(access.apiURL)\(proxy)\(certificates)"
      .replacingOccurrences(of: scratch.path(""), with: "@")
  }

  private func words(_ credentials: boxwatch.Credentials) -> String {
    switch credentials {
    case .developerToken(let token): "developer token \(token.revealed)"
    case .clientCredentials(let id, let secret, let subject):
      "client credentials \(id)/\(secret.revealed) for \(words(subject))"
    case .jwt(let configuration, let subject, _):
      "JWT of \(configuration.clientID) for \(subject.map(words) ?? "its enterprise")"
    case .stored(let account, _, let secret):
      "sign-in of \(account)" + (secret.map { " with the secret \($0.revealed)" } ?? "")
    }
  }

  private func words(_ subject: ClientCredentials.Subject) -> String {
    switch subject {
    case .enterprise(let id): "enterprise \(id)"
    case .user(let id): "user \(id)"
    }
  }
}
