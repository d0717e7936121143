import BoxClient
import ConfigurationFile
import Testing

@Suite("Accounts")
struct AccountTests {
  private func credentials(_ keys: String) throws -> BoxwatchConfiguration.Credentials {
    try #require(try load("accounts:\n  one: { \(keys) }").accounts.first).credentials
  }

  @Test("Each way to sign in has its keys")
  func methods() throws {
    #expect(try credentials("auth: developer_token, token: t0k") == .developerToken(Secret("t0k")))
    #expect(
      try credentials("auth: client_credentials, client_id: c, client_secret: s, user_id: 12")
        == .clientCredentials(clientID: "c", clientSecret: Secret("s"), subject: .user("12")))
    #expect(
      try credentials("auth: jwt, config_file: /etc/box.json")
        == .jwt(configFile: "/etc/box.json", subject: nil, audience: nil))
    #expect(
      try credentials("auth: jwt, config_file: /b.json, user_id: \"7\", audience: https://box.example/token")
        == .jwt(configFile: "/b.json", subject: .user("7"), audience: "https://box.example/token"))
    #expect(
      try credentials("auth: oauth2, client_id: c, client_secret: s")
        == .oauth2(clientID: "c", clientSecret: Secret("s")))
  }

  @Test("Without `auth` the keys tell")
  func inferred() throws {
    #expect(try credentials("token: t0k") == .developerToken(Secret("t0k")))
    #expect(try credentials("config_file: /b.json") == .jwt(configFile: "/b.json", subject: nil, audience: nil))
    #expect(
      try credentials("client_id: c, client_secret: s, enterprise_id: 9")
        == .clientCredentials(clientID: "c", clientSecret: Secret("s"), subject: .enterprise("9")))
    #expect(try credentials("") == .oauth2(clientID: nil, clientSecret: nil))
  }

  @Test("An id keeps its zeros, and an address loses the slash at its end")
  func texts() throws {
    #expect(
      try credentials("client_id: c, client_secret: s, enterprise_id: 007")
        == .clientCredentials(clientID: "c", clientSecret: Secret("s"), subject: .enterprise("007")))
    let account = try #require(try load("accounts: { one: { api_url: http://127.0.0.1:8484/ } }").accounts.first)
    #expect(account.apiURL == "http://127.0.0.1:8484")
    #expect(try load("accounts: { one: }").accounts.first?.apiURL == "https://api.box.com")
  }

  static let wrong: [(String, String)] = [
    (
      "auth: jwt2",
      #"2:16: accounts.one.auth: expected developer_token, oauth2, client_credentials or jwt, got "jwt2"; did you mean "jwt"?"#
    ),
    ("cleint_id: c", #"2:10: accounts.one: unknown key "cleint_id"; did you mean "client_id"?"#),
    (
      "colour: c",
      #"2:10: accounts.one: unknown key "colour"; known here: auth, client_id, client_secret, client_secret_file, api_url, proxy, ca_file"#
    ),
    (
      "auth: developer_token",
      "2:8: accounts.one: token is missing: a developer token (developer console, Configuration), or token_file with a file's path"
    ),
    (
      "auth: jwt",
      "2:8: accounts.one: config_file is missing: the path of the JSON file that the developer console downloads"
    ),
    ("token: t, user_id: 1", "2:29: accounts.one.user_id: is not for developer_token, which takes token, token_file"),
    (
      "client_secret: s, client_id: c, enterprise_id: 1, user_id: 2",
      "2:69: accounts.one.user_id: enterprise_id and user_id exclude each other: the service account, or one user; keep one"
    ),
    (
      "client_secret: s, client_id: c, auth: client_credentials",
      "2:8: accounts.one: enterprise_id or user_id is missing: the service account's enterprise, or the user to act as"
    ),
    (
      "client_secret: s, user_id: 2",
      "2:8: accounts.one: client_id is missing: the app's client id (developer console, Configuration)"
    ),
    (
      "client_id: [], client_secret: s, user_id: 2",
      "2:21: accounts.one.client_id: expected the app's client id (developer console, Configuration), got a list"
    ),
    (
      "client_id: c, client_secret: s, user_id: ada",
      #"2:51: accounts.one.user_id: expected an id of digits such as 11446498, got "ada""#
    ),
    (
      "token: \"a b\"",
      "2:17: accounts.one.token: expected a developer token (developer console, Configuration); what came is not shown"
    ),
    (
      "api_url: api.box.com",
      #"2:19: accounts.one.api_url: expected an http or https address such as https://api.box.com, got "api.box.com""#
    ),
    (
      "proxy: https://p.example:1",
      #"2:17: accounts.one.proxy: expected an HTTP proxy without user name such as http://proxy.example:3128, got "https://p.example:1""#
    ),
    (
      "proxy: http://ada:geheim@p.example",
      "2:17: accounts.one.proxy: expected an HTTP proxy without user name such as http://proxy.example:3128, got a URL with a user name"
    ),
    (
      "proxy: http://p.example/x",
      #"2:17: accounts.one.proxy: expected an HTTP proxy without user name such as http://proxy.example:3128, got "http://p.example/x""#
    ),
    ("ca_file: {}", "2:19: accounts.one.ca_file: expected a path, got a mapping"),
    ("ca_file:", "2:19: accounts.one.ca_file: expected a path, got nothing"),
  ]

  @Test("What is wrong is told with its place", arguments: wrong)
  func mistake(keys: String, message: String) throws {
    #expect(try mistakes("accounts:\n  one: { \(keys) }") == [message])
  }

  @Test("All mistakes of a file come together, in its order")
  func together() throws {
    let yaml = """
      accounts:
        "a b": {}
        one:
          auth: nothing
          tokn: x
          api_url: box
      streams: 5
      acounts: {}
      """
    #expect(
      try mistakes(yaml) == [
        #"2:3: accounts: expected a name of letters, digits, _, - and ., 64 at most for an account, got "a b""#,
        #"4:11: accounts.one.auth: expected developer_token, oauth2, client_credentials or jwt, got "nothing""#,
        #"5:5: accounts.one: unknown key "tokn"; did you mean "token"?"#,
        #"6:14: accounts.one.api_url: expected an http or https address such as https://api.box.com, got "box""#,
        "7:10: streams: expected a mapping of streams by name, got text",
        #"8:1: unknown key "acounts"; did you mean "accounts"?"#,
      ])
  }
}
