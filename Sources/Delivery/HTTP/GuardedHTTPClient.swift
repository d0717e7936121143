import AsyncHTTPClient
import BoxClient
import NIOCore
import NIOHTTP1

/// Requests on behalf of rules and sinks, to allowed hosts only.
///
/// The host is checked in the request and in every redirect. Its addresses must be public unless the host is named
/// literally in the list, and the connection goes to the address that was checked. Every status is an answer.
public struct GuardedHTTPClient: Sendable {
  private let allowed: AllowedHosts
  private let connections: PinnedConnections
  private let resolver: any HostResolver

  /// The largest body of an answer, in bytes.
  public static let largestAnswer = 8 << 20
  private static let mostRedirects = 5
  /// Addresses of one host that are tried.
  private static let mostAddresses = 3

  /// - Parameter connections: may be shared with other clients; the caller shuts them down.
  public init(
    allowed: AllowedHosts, connections: PinnedConnections, resolver: any HostResolver = SystemResolver()
  ) {
    self.allowed = allowed
    self.connections = connections
    self.resolver = resolver
  }

  /// Makes one attempt, along at most five redirects.
  public func send(_ request: GuardedRequest) async throws(GuardedHTTPError) -> GuardedAnswer {
    let deadline = NIODeadline.now() + TimeAmount(request.timeout)
    var hop = try Hop(request)
    for _ in 0...Self.mostRedirects {
      let permission = try permission(for: hop.location.origin)
      let answer = try await exchange(hop, permission, deadline)
      guard let next = try hop.following(answer) else { return answer }
      hop = next
    }
    throw GuardedHTTPError(
      .redirectRefused, "\(hop.location.origin): more than \(Self.mostRedirects) redirects; ask the last place directly"
    )
  }

  private func permission(for origin: Origin) throws(GuardedHTTPError) -> AllowedHosts.Permission {
    let permission = allowed.permission(for: origin)
    if case .refused = permission {
      throw GuardedHTTPError(
        .hostNotAllowed, "\(origin) is not an allowed host; add \(origin.host) under `allow: http` in the configuration"
      )
    }
    return permission
  }

  private func exchange(
    _ hop: Hop, _ permission: AllowedHosts.Permission, _ deadline: NIODeadline
  ) async throws(GuardedHTTPError) -> GuardedAnswer {
    let origin = hop.location.origin
    var failure = GuardedHTTPError(.unreachable, "cannot find the host \(origin.host)")
    for address in try await addresses(of: origin, permission, deadline).prefix(Self.mostAddresses) {
      do throws(GuardedHTTPError) {
        return try await exchange(hop, at: address, deadline)
      } catch {
        guard error.kind == .unreachable else { throw error }
        failure = error
      }
    }
    throw failure
  }

  /// The host's addresses, every one of them checked.
  private func addresses(
    of origin: Origin, _ permission: AllowedHosts.Permission, _ deadline: NIODeadline
  ) async throws(GuardedHTTPError) -> [IPAddress] {
    let host = origin.bareHost
    let addresses: [IPAddress]
    if let address = IPAddress(host) {
      addresses = [address]
    } else {
      addresses = try await lookUp(origin, deadline)
    }
    if case .byName = permission { return addresses }
    for address in addresses {
      guard let purpose = address.specialPurpose else { continue }
      throw GuardedHTTPError(
        .addressRefused,
        "\(origin.host) has the \(purpose) address \(address), which only a host named literally under"
          + " `allow: http` may have")
    }
    return addresses
  }

  private func lookUp(_ origin: Origin, _ deadline: NIODeadline) async throws(GuardedHTTPError) -> [IPAddress] {
    do {
      return try await Deadline.run(until: deadline) { [resolver] in try await resolver.addresses(of: origin.bareHost) }
    } catch is DeadlineExceeded {
      throw GuardedHTTPError(.timedOut, "\(origin): the host's address was not found in time")
    } catch is CancellationError {
      throw GuardedHTTPError(.cancelled, "\(origin): cancelled")
    } catch {
      throw GuardedHTTPError(.unreachable, "cannot find the host \(origin.host): \(error)")
    }
  }

  private func exchange(
    _ hop: Hop, at address: IPAddress, _ deadline: NIODeadline
  ) async throws(GuardedHTTPError) -> GuardedAnswer {
    let origin = hop.location.origin
    let client = try await connections.acquire(origin.bareHost, at: address)
    let result = await Self.exchange(hop, over: client, deadline)
    await connections.release(origin.bareHost, at: address)
    return try result.get()
  }

  private static func exchange(
    _ hop: Hop, over client: HTTPClient, _ deadline: NIODeadline
  ) async -> Result<GuardedAnswer, GuardedHTTPError> {
    let origin = hop.location.origin
    var request = HTTPClientRequest(url: hop.location.url)
    request.method = hop.method
    request.headers = hop.headers
    if !hop.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: hop.body)) }
    do {
      // The library's own deadline ends with the answer's head: a body that stalls would be waited for for ever.
      return .success(
        try await Deadline.run(until: deadline) { [request] in
          let response = try await client.execute(request, deadline: deadline)
          let body = try await response.body.collect(upTo: largestAnswer)
          return GuardedAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name.lowercased(), $0.value) },
            body: Array(buffer: body), retryAfter: RetryAfter.parse(response.headers))
        })
    } catch is DeadlineExceeded {
      return .failure(GuardedHTTPError(.timedOut, "\(origin): the answer did not come to its end in time"))
    } catch is NIOTooManyBytesError {
      return .failure(GuardedHTTPError(.answerTooLarge, "\(origin): the answer exceeds \(largestAnswer >> 20) MiB"))
    } catch {
      if Task.isCancelled { return .failure(GuardedHTTPError(.cancelled, "\(origin): cancelled")) }
      return .failure(GuardedHTTPError(NetworkFault(error, at: origin), at: origin))
    }
  }
}

/// One request of a chain of redirects.
private struct Hop {
  var location: HTTPLocation
  var method: HTTPMethod
  var headers: HTTPHeaders
  var body: [UInt8]

  init(_ request: GuardedRequest) throws(GuardedHTTPError) {
    location = try HTTPLocation(request.url)
    method = try request.checkedMethod()
    headers = try request.checkedHeaders(for: location.origin)
    body = request.body
  }

  /// The request that a redirect asks for (RFC 9110, section 15.4); nil where the answer is no redirect.
  func following(_ answer: GuardedAnswer) throws(GuardedHTTPError) -> Hop? {
    guard [301, 302, 303, 307, 308].contains(answer.status),
      let target = answer.headers.first(where: { $0.name == "location" })?.value
    else { return nil }
    var next = self
    next.location = try location.following(target)
    if answer.status == 303 && method != .HEAD || answer.status <= 302 && method == .POST {
      next.method = .GET
      next.body = []
      next.headers.remove(name: "content-type")
    }
    if !location.sharesSecrets(with: next.location) { next.headers = GuardedRequest.withoutSecrets(next.headers) }
    return next
  }
}

extension Origin {
  /// The host, an IPv6 address without its brackets.
  fileprivate var bareHost: String {
    host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  }
}
