import BoxClient

extension Registration {
  /// On one line, for a person.
  public var line: String {
    var text = "\(kind.rawValue)  \(identity)"
    if let due { text += "  next \(due)" }
    if isQuarantined { text += "  set aside: out of budget too often" }
    return text
  }
}

extension RuleFile {
  /// What the file registered, a line each. One that computes for longer than that is told as busy.
  public nonisolated func registrationLines(within patience: Duration) async -> [String] {
    let (answers, answer) = AsyncStream<[String]>.makeStream()
    // On its own, since nothing can end the wait for an actor that computes.
    Task { answer.yield(await registrations().map(\.line)) }
    let alarm = Task {
      try? await Task.sleep(for: patience)
      answer.yield(["\(source.path) is busy with an event"])
    }
    defer { alarm.cancel() }
    return await answers.first { _ in true } ?? []
  }
}
