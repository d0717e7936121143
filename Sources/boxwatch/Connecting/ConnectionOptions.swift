import ArgumentParser
import BoxClient

/// The options of CLI.md, "Connecting".
struct ConnectionOptions: ParsableArguments {
  @Flag(help: "Use an embedded simulator in place of Box; needs no account.")
  var simulate = false

  @Option(help: ArgumentHelp("The API's address. (default: https://api.box.com)", valueName: "url"))
  var apiURL: String?

  @Option(help: ArgumentHelp("Make every call as this user.", valueName: "id"))
  var asUser: String?

  @Option(help: ArgumentHelp("Ceiling of calls to Box as one user; 0 for none. (default: 900)", valueName: "n"))
  var callsPerMinute: Int?

  func validate() throws {
    if simulate && apiURL != nil {
      throw ValidationError("--simulate and --api-url exclude each other: the simulator has its own address")
    }
    if let asUser, asUser.isEmpty || !asUser.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      throw ValidationError("--as-user takes a user's id, such as 11446498")
    }
    if let callsPerMinute, callsPerMinute < 0 { throw ValidationError("--calls-per-minute takes 0 or more") }
    if let apiURL, Origin(apiURL) == nil {
      throw ValidationError("--api-url takes an http or https address, such as https://api.box.com")
    }
  }
}
