import AsyncHTTPClient
import BoxClient

/// Connections to hosts whose address was checked: each goes to that very address, without a second look-up that might
/// say something else (DNS rebinding). One for the process; `shutdown` ends it.
public actor PinnedConnections {
  private struct Place: Hashable {
    let host: String
    let address: IPAddress
  }

  private struct Slot {
    let client: HTTPClient
    var users = 0
    var lastUse: UInt64 = 0
  }

  private let limit: Int
  private var slots: [Place: Slot] = [:]
  private var uses: UInt64 = 0
  private var isShutDown = false

  /// - Parameter limit: hosts whose connections stay open when nothing uses them.
  public init(limit: Int = 16) {
    self.limit = limit
  }

  /// Closes all connections; requests under way fail, later ones too.
  public func shutdown() async {
    isShutDown = true
    let clients = slots.values.map(\.client)
    slots = [:]
    for client in clients { try? await client.shutdown() }
  }

  func acquire(_ host: String, at address: IPAddress) throws(GuardedHTTPError) -> HTTPClient {
    guard !isShutDown else { throw GuardedHTTPError(.cancelled, "\(host): the program is ending") }
    uses += 1
    let place = Place(host: host, address: address)
    var slot = slots[place] ?? Slot(client: Self.makeClient(place))
    slot.users += 1
    slot.lastUse = uses
    slots[place] = slot
    return slot.client
  }

  func release(_ host: String, at address: IPAddress) async {
    slots[Place(host: host, address: address)]?.users -= 1
    let surplus = slots.filter { $0.value.users == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
      .prefix(max(0, slots.count - limit))
    for (place, _) in surplus { slots[place] = nil }
    for (_, slot) in surplus { try? await slot.client.shutdown() }
  }

  private static func makeClient(_ place: Place) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      // Each hop is checked like the first request.
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(15)))
    configuration.httpVersion = .http1Only
    // Whether and when to try again is the queue's affair.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.idleTimeout = .seconds(30)
    configuration.dnsOverride = [place.host: place.address.description]
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }
}
