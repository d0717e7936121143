import NIOHTTP1

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `POST /oauth2/token`, with retries.
public struct TokenEndpoint: Sendable {
  private static let name = "POST /oauth2/token"

  private let url: String
  private let transport: any HTTPTransport
  private let budget: CallBudget
  private let limits: RetryLimits

  /// - Parameter apiURL: the API's base URL, without a path.
  public init(apiURL: String, transport: any HTTPTransport, budget: CallBudget, limits: RetryLimits = RetryLimits()) {
    var base = apiURL
    while base.last == "/" { base.removeLast() }
    url = base + "/oauth2/token"
    self.transport = transport
    self.budget = budget
    self.limits = limits
  }

  func request(_ form: [(name: String, value: String)]) async throws -> AccessToken {
    var retries = RetryStateMachine(limits: limits)
    let call = HTTPCall(
      .POST, url, headers: ["content-type": "application/x-www-form-urlencoded"],
      body: Array(Query.encode(form).utf8))
    while true {
      try await budget.acquire()
      let failure: any Error
      let outcome: RetryStateMachine.Outcome
      do {
        let answer = try await transport.send(call)
        if answer.status == 200 {
          if let token = Self.token(in: answer) { return token }
          outcome = .damaged
          failure = NetworkFault(.broken, "\(Self.name): the answer holds no access token")
        } else {
          outcome = .answered(status: answer.status, retryAfter: RetryAfter.parse(answer.headers))
          failure = BoxAPIError(answer, to: Self.name)
        }
      } catch let fault as NetworkFault {
        outcome = .network(fault.kind)
        failure = fault
      }
      guard case .wait(let pause) = retries.attemptFailed(outcome) else { throw failure }
      try await Task.sleep(for: pause)
    }
  }

  private struct Grant: Decodable {
    var accessToken: String
    var expiresIn: Double?

    enum CodingKeys: String, CodingKey {
      case accessToken = "access_token"
      case expiresIn = "expires_in"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      accessToken = try container.decode(String.self, forKey: .accessToken)
      // Without a lifetime that makes sense the token is good until Box refuses it.
      let seconds = (try? container.decodeIfPresent(Double.self, forKey: .expiresIn)) ?? 0
      expiresIn = seconds > 0 && seconds <= 1e9 ? seconds : nil
    }
  }

  private static func token(in answer: HTTPAnswer) -> AccessToken? {
    guard let grant = try? JSONDecoder().decode(Grant.self, from: answer.body.data) else { return nil }
    guard !grant.accessToken.isEmpty, grant.accessToken.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    return AccessToken(Secret(grant.accessToken), lifetime: grant.expiresIn.map { .seconds($0) })
  }
}
