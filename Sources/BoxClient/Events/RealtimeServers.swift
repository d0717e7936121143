#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The real-time servers of a stream: the answer of OPTIONS /events (PROTOCOL.md, section 1).
public struct RealtimeServers: Sendable {
  public let chunkSize: Int?
  public let entries: [RealtimeServer]

  /// The server to poll: the first of the right type, else the first with a URL.
  public var first: RealtimeServer? {
    entries.first { $0.type == "realtime_server" && !$0.url.isEmpty } ?? entries.first { !$0.url.isEmpty }
  }
}

/// One real-time server. Box has sent its numbers as numbers and as strings; what is missing or makes no sense has
/// Box's usual value.
public struct RealtimeServer: Sendable, Equatable {
  public let type: String
  /// Where to poll. Has a query of its own; the channel in it is nobody else's business.
  public let url: String
  /// How long the server is available: Box's `ttl`, in minutes there.
  public let timeToLive: Duration
  /// Polls in a row without a change before OPTIONS is asked again.
  public let maxRetries: Int
  /// Silence after which a poll is given up and made anew: Box's `retry_timeout`, in seconds there.
  public let retryTimeout: Duration

  public init(
    url: String, type: String = "realtime_server", timeToLive: Duration = .seconds(600), maxRetries: Int = 10,
    retryTimeout: Duration = .seconds(610)
  ) {
    self.url = url
    self.type = type
    self.timeToLive = timeToLive
    self.maxRetries = maxRetries
    self.retryTimeout = retryTimeout
  }
}

extension RealtimeServers: Decodable {
  enum CodingKeys: String, CodingKey {
    case entries
    case chunkSize = "chunk_size"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let count = try? container.decodeIfPresent(LenientNumber.self, forKey: .chunkSize)
    chunkSize = count.flatMap { Int(exactly: $0.value) }
    entries = try container.decode([Lenient].self, forKey: .entries).compactMap(\.server)
  }

  /// An odd entry costs itself, not the others.
  private struct Lenient: Decodable {
    let server: RealtimeServer?

    init(from decoder: any Decoder) throws {
      server = try? RealtimeServer(from: decoder)
    }
  }

  /// Reads the answer of OPTIONS. Throws ``DamagedPage``.
  init(answer: HTTPAnswer) throws {
    do {
      self = try JSONDecoder().decode(RealtimeServers.self, from: answer.body.data)
    } catch {
      throw DamagedPage(notRealtimeServers: answer.body)
    }
  }
}

extension RealtimeServer: Decodable {
  enum CodingKeys: String, CodingKey {
    case type, url, ttl
    case maxRetries = "max_retries"
    case retryTimeout = "retry_timeout"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys, from smallest: Double) -> Double? {
      guard let value = (try? container.decodeIfPresent(LenientNumber.self, forKey: key))?.value else { return nil }
      return value >= smallest && value <= 1_000_000 ? value : nil
    }
    self.init(
      url: (try? container.decodeIfPresent(String.self, forKey: .url)) ?? "",
      type: (try? container.decodeIfPresent(String.self, forKey: .type)) ?? "",
      timeToLive: .seconds(60 * (number(.ttl, from: 0.001) ?? 10)),
      maxRetries: Int(number(.maxRetries, from: 0) ?? 10),
      // Below a second a silent server would be polled in a storm.
      retryTimeout: max(.seconds(1), .seconds(number(.retryTimeout, from: 0.001) ?? 610)))
  }
}

/// A number, or a string that holds one.
private struct LenientNumber: Decodable {
  let value: Double

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      value = number
    } else if let number = Double(try container.decode(String.self)), number.isFinite {
      value = number
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither a number nor a string of one")
    }
  }
}
