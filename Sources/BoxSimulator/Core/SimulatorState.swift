/// Everything in the simulator that changes.
struct SimulatorState: Sendable {
  var history: History
  var generator: EventGenerator
  var faults: FaultPlan
  var tokens: TokenBook
  var channels = RealtimeChannels()
  var doorbell = Doorbell()
  var statistics = SimulatorStatistics()
  var calls = MinuteWindow()
  /// For ids that no event shows: requests, channels, tokens, events that are handed in.
  var random: RandomSource

  init(history: History, generator: EventGenerator, configuration: BoxSimulator.Configuration, salt: Int64) {
    self.history = history
    self.generator = generator
    faults = FaultPlan(seed: configuration.seed, probabilities: configuration.faults)
    tokens = TokenBook(fixedToken: configuration.token)
    // The start time is part of it: what a later run gives out is never mistaken for an earlier run's.
    random = RandomSource(seed: configuration.seed ^ UInt64(bitPattern: salt))
  }

  mutating func hexadecimalId(digits: Int) -> String {
    var writer = JSONWriter()
    var left = digits
    while left > 0 {
      writer.hexadecimal(random.next(), digits: min(left, 16))
      left -= 16
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
