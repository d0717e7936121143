import NIOHTTP1

/// `POST /oauth2/token`, with retries.
public struct TokenEndpoint: Sendable {
  /// How the call is named in errors.
  static let name = "POST /oauth2/token"

  typealias Form = [(name: String, value: String)]

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

  /// Asks until there is an answer that counts.
  ///
  /// - Parameter form: made anew for each attempt, since an assertion ends within a minute and is good for one use.
  /// - Throws: ``BoxAPIError`` for a refusal, ``NetworkFault``, and what `form` throws.
  func request(_ form: () throws -> Form) async throws -> TokenGrant {
    var retries = RetryStateMachine(limits: limits)
    while true {
      let (result, outcome) = try await attempt(form)
      switch (result, outcome) {
      case (.success(let grant), _): return grant
      case (.failure(let failure), let outcome?):
        guard case .wait(let pause) = retries.attemptFailed(outcome) else { throw failure }
        try await Task.sleep(for: pause)
      case (.failure(let failure), nil): throw failure
      }
    }
  }

  private func attempt(
    _ form: () throws -> Form
  ) async throws -> (Result<TokenGrant, any Error>, RetryStateMachine.Outcome?) {
    try await budget.acquire()
    let call = HTTPCall(
      .POST, url, headers: ["content-type": "application/x-www-form-urlencoded"],
      body: Array(Query.encode(try form()).utf8))
    do {
      let answer = try await transport.send(call)
      if (300..<400).contains(answer.status) {
        // A proxy's page to sign in at, or another address of the API: no word about the credentials.
        let fault = NetworkFault(
          .redirectRefused, "\(Self.name) was redirected (\(answer.status)); credentials are not sent elsewhere")
        return (.failure(fault), .network(fault.kind))
      }
      guard answer.status == 200 else {
        return (
          .failure(BoxAPIError(answer, to: Self.name)),
          .answered(status: answer.status, retryAfter: RetryAfter.parse(answer.headers))
        )
      }
      if let grant = TokenGrant(answer) { return (.success(grant), nil) }
      return (.failure(NetworkFault(.broken, "\(Self.name): the answer holds no access token")), .damaged)
    } catch let fault as NetworkFault {
      return (.failure(fault), .network(fault.kind))
    }
  }
}
