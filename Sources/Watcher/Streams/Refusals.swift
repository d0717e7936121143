/// How long refused credentials are tried again: minutes where they have worked before, not at all where they never did.
struct Refusals: Sendable {
  private let hasWorked: Bool
  private var first: ContinuousClock.Instant?
  private var pause = Duration.seconds(1)

  private static let patience = Duration.seconds(300)
  private static let longestPause = Duration.seconds(30)

  init(hasWorked: Bool = false) { self.hasWorked = hasWorked }

  /// How long to wait before the next attempt; nil where it is time to give up.
  mutating func next(at now: ContinuousClock.Instant) -> Duration? {
    guard hasWorked else { return nil }
    let begun = first ?? now
    first = begun
    guard now - begun < Self.patience else { return nil }
    defer { pause = min(pause * 2, Self.longestPause) }
    return pause
  }
}
