/// Who may run a rule file's scripts: one at a time, in the order in which they came. A call that waits keeps its turn.
///
/// Belongs to its rule file's actor.
final class Turn {
  private var isTaken = false
  private var queue: [(number: Int, answer: CheckedContinuation<Bool, Never>)] = []
  private var numbers = 0

  func take(isolation: isolated (any Actor)? = #isolation) async {
    guard isTaken else {
      isTaken = true
      return
    }
    _ = await withCheckedContinuation { queue.append((nextNumber(), $0)) }
  }

  /// False where the turn did not come within that time.
  func take(within limit: Duration, on file: isolated RuleFile) async -> Bool {
    guard isTaken else {
      isTaken = true
      return true
    }
    return await withCheckedContinuation { answer in
      let number = nextNumber()
      queue.append((number, answer))
      Task {
        try? await Task.sleep(for: limit)
        file.turn.giveUp(number)
      }
    }
  }

  func pass() {
    guard !queue.isEmpty else {
      isTaken = false
      return
    }
    queue.removeFirst().answer.resume(returning: true)
  }

  private func giveUp(_ number: Int) {
    guard let place = queue.firstIndex(where: { $0.number == number }) else { return }
    queue.remove(at: place).answer.resume(returning: false)
  }

  private func nextNumber() -> Int {
    numbers += 1
    return numbers
  }
}
