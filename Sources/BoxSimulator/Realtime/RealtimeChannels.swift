/// The channels that OPTIONS /2.0/events handed out (PROTOCOL.md §1).
struct RealtimeChannels: Sendable {
  struct Channel: Sendable {
    var view: StreamView
    /// Microseconds since 1970.
    var openedAt: Int64
    var polls = 0
  }

  /// Channels kept in memory; the oldest are forgotten first.
  private static let capacity = 10_000

  private var channels: [String: Channel] = [:]
  private var order: [String] = []

  /// A new channel's name: 20 hexadecimal digits.
  mutating func open(_ view: StreamView, at now: Int64, using random: inout RandomSource) -> String {
    var writer = JSONWriter()
    writer.hexadecimal(random.next(), digits: 16)
    writer.hexadecimal(random.next(), digits: 4)
    let name = String(decoding: writer.bytes, as: UTF8.self)
    channels[name] = Channel(view: view, openedAt: now)
    order.append(name)
    if order.count > Self.capacity * 2 {
      for forgotten in order.prefix(Self.capacity) { channels[forgotten] = nil }
      order.removeFirst(Self.capacity)
    }
    return name
  }

  /// Counts a poll on a channel; nil for a channel that was never handed out.
  mutating func poll(_ name: String) -> Channel? {
    channels[name]?.polls += 1
    return channels[name]
  }
}
