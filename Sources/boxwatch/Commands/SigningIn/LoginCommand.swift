import ArgumentParser
import BoxClient
import ConfigurationFile
import Ledger
import Logging

/// `boxwatch login`: OAuth 2.0 sign-in.
struct LoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Sign in with OAuth 2.0.",
    discussion: """
      Prints a URL; open it in a browser and grant access. The browser is sent to the redirect URI, on which boxwatch \
      listens; it must be registered for the app (developer console, Configuration, OAuth 2.0 Redirect URI). The tokens \
      are stored in the state directory, for the owner's eyes alone, and renewed by whichever command needs them.

      The client secret comes from BOX_CLIENT_SECRET, or is asked for.

      EXAMPLES
        boxwatch login --client-id abc123
        boxwatch login --client-id abc123 --no-browser
            on a machine without a browser: paste the URL that another one ends up on
      """)

  @Option(
    name: .customLong("client-id"),
    help: ArgumentHelp("The app's client id. (default: BOX_CLIENT_ID, else the configuration's)", valueName: "id"))
  var clientID: String?

  @Option(
    name: .customLong("api-url"),
    help: ArgumentHelp("The API's address. (default: https://api.box.com)", valueName: "url"))
  var apiURL: String?

  @OptionGroup var configurationOptions: ConfigurationOptions

  @Option(
    name: .customLong("redirect-uri"),
    help: ArgumentHelp("The redirect URI, as it is registered for the app.", valueName: "uri"))
  var redirectURI = "http://127.0.0.1:8734/callback"

  @Option(
    name: .customLong("authorize-url"),
    help: ArgumentHelp("The page that asks for consent.", valueName: "url"))
  var authorizeURL = AuthorizationRequest.boxPage

  @Flag(help: "Do not listen: ask for the URL that the browser ends up on.")
  var noBrowser = false

  @OptionGroup var state: StateOption
  @OptionGroup var display: DisplayOptions

  func validate() throws {
    for (option, url) in [("--api-url", apiURL), ("--authorize-url", authorizeURL), ("--redirect-uri", redirectURI)] {
      guard let url else { continue }
      guard Origin(url) != nil, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw ValidationError("\(option) takes an http or https URL")
      }
    }
    if !noBrowser && !RedirectListener.canListen(on: redirectURI) {
      throw ValidationError(
        "--redirect-uri must be on this machine, such as http://127.0.0.1:8734/callback, unless --no-browser is given")
    }
    let name = configurationOptions.account ?? "default"
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte), name.first != "." else {
      throw ValidationError("--account takes a name of letters, digits, _, - and ., 64 at most")
    }
    if let clientID, clientID.isEmpty || !clientID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      throw ValidationError("--client-id takes the app's client id (developer console, Configuration)")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "_-.".utf8.contains(byte)
    }
  }

  func run() async throws {
    let file = try configurationOptions.load()
    let settings = try LoginSettings(self, file, environment: .process)
    let input = InputLines()
    let secret = try settings.clientSecret ?? Secret(Self.askForSecret(input))
    // Before a person is sent to the page: what comes back must have a place.
    let directory = try StateDirectory.make(state.directory(configured: file.state))
    try await SignIn(
      settings: settings, secret: secret, directory: directory, noBrowser: noBrowser, input: input
    ).run()
  }

  private static func askForSecret(_ input: InputLines) throws -> String {
    guard let secret = try input.secret(prompt: "Client secret (it is not shown): "), !secret.isEmpty else {
      throw CommandFailure(
        .badConfiguration, "there is no client secret",
        advice: "Set BOX_CLIENT_SECRET to the app's secret (developer console, Configuration, OAuth 2.0 Credentials).")
    }
    return secret
  }
}
