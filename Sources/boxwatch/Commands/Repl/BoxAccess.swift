import BoxClient
import Logging

/// The client that a prompt asks Box with. Where there are no credentials, or none that can be used, the first call says
/// so: until then none are needed.
struct BoxAccess: Sendable {
  let client: BoxClient
  /// Why Box cannot be asked.
  let failure: CommandFailure?

  init(_ accounts: Accounts, asUser: String?, transport: PooledTransport, logger: Logger) throws {
    do {
      client = try accounts.client(nil, as: asUser)
      failure = nil
    } catch let failure as CommandFailure {
      self.failure = failure
      client = try BoxClient(
        apiURL: "https://api.box.com", tokens: TokenKeeper(MissingCredentials(failure: failure)), transport: transport,
        budget: CallBudget(callsPerMinute: 900), asUser: nil, userAgent: "boxwatch/\(Version.text)", logger: logger)
    }
  }

  private struct MissingCredentials: TokenSource {
    let failure: CommandFailure

    func newToken() async throws -> AccessToken {
      throw TokenUnavailable([failure.problem, failure.advice].compactMap(\.self).joined(separator: ". "))
    }
  }
}
