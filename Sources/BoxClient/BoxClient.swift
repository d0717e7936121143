import Logging
import NIOHTTP1

/// A client of the Box API as one account.
///
/// ```swift
/// let transport = PooledTransport()
/// let client = try BoxClient(tokens: TokenKeeper(DeveloperToken(Secret(token))), transport: transport)
/// let page = try await client.events.getEvents(queryParams: .init(streamPosition: .now))
/// try await transport.shutdown()
/// ```
public struct BoxClient: Sendable {
  /// The Events API.
  public let events: EventsManager
  /// What all calls of the account draw from.
  public var budget: CallBudget { events.session.budget }
  /// When the first of the calls for events was made that Box has not answered since; nil where it has answered.
  public var failingSince: ContinuousClock.Instant? { events.session.reachability.failingSince }
  /// Why the last of them failed; nil where it has not yet.
  public var failure: String? { events.session.reachability.reason }

  /// - Parameters:
  ///   - apiURL: scheme, host and port; paths such as `/2.0/events` are below it.
  ///   - asUser: the user as whom every call is made, OPTIONS included (PROTOCOL.md, section 6 "As-User").
  /// - Throws: ``NetworkFault`` where `apiURL` is no http or https URL.
  public init(
    apiURL: String = "https://api.box.com", tokens: TokenKeeper, transport: any HTTPTransport,
    budget: CallBudget = CallBudget(), asUser: String? = nil, limits: RetryLimits = RetryLimits(),
    userAgent: String = "boxwatch", logger: Logger = Logger(label: "box", factory: { _ in SwiftLogNoOpLogHandler() })
  ) throws {
    var base = apiURL
    while base.last == "/" { base.removeLast() }
    guard let origin = Origin(base) else {
      throw NetworkFault(.invalidURL, "\(Excerpt.of(apiURL)) is no http or https URL")
    }
    var headers: HTTPHeaders = ["user-agent": userAgent, "accept": "application/json"]
    if let asUser { headers.add(name: "as-user", value: asUser) }
    events = EventsManager(
      session: APISession(
        apiURL: base, apiOrigin: origin, transport: transport, tokens: tokens, budget: budget, headers: headers,
        limits: limits, logger: logger))
  }
}
